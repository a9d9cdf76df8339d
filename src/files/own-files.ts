import { FRAME_LINE } from '../text/v8-stack.ts';

// A bundle that is not a file cannot distinguish its own code from the site's.
const FILE = import.meta.url?.startsWith('file:') ? import.meta.url : undefined;
// Asked for, since there are runtimes that have no such module.
const builtin = globalThis.process?.getBuiltinModule?.('node:url');

/** What this package runs from. Its checkout may hold sites as well, which are not its own. */
const OWN_FOLDERS =
  FILE === undefined || builtin === undefined
    ? []
    : ['bin', 'dist', 'src'].map((name) => builtin.fileURLToPath(new URL(`../../${name}/`, FILE)));

/** Whether a line of a stack names code of this package, or of Node. */
export function isForeignFrame(line: string): boolean {
  return /^\s+at .*\bnode:/.test(line) || OWN_FOLDERS.some((folder) => line.includes(folder));
}

/**
 * The lines of a stack without the frames at its end that are how this package and Node came to the site's code. All of
 * them, where there are no others.
 */
export function siteLines(stack: string): readonly string[] {
  const lines = stack.split('\n');
  const end = lines.findLastIndex((line) => !isForeignFrame(line)) + 1;
  return FRAME_LINE.test(lines[end - 1] ?? '') ? lines.slice(0, end) : lines;
}

/** Whether a file is code of this package. */
export function isOwnFile(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder));
}
