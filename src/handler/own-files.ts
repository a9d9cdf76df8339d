import { fileURLToPath } from 'node:url';

// A bundle that is no file cannot tell its own code from the site's.
const FILE = import.meta.url?.startsWith('file:') ? import.meta.url : undefined;

/** What this package runs from. Its checkout may hold sites as well, which are not its own. */
const OWN_FOLDERS =
  FILE === undefined
    ? []
    : ['bin', 'dist', 'src'].map((name) => fileURLToPath(new URL(`../../${name}/`, FILE)));

/** Whether a file is code of this package. */
export function isOwnFile(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder));
}
