import { fileURLToPath, pathToFileURL } from 'node:url';
import { isInstalled } from '../sources/installed-packages.ts';

/** The site's modules, for Node's own loader: packages, threads and child processes import them by a file's path. */
export interface SharedModules {
  /** Whether the site has loaded the file. */
  isLoaded(file: string): boolean;
  /** The names that the module exports, found without running it as far as that is possible. */
  exportNames(file: string): readonly string[];
  requireFile(file: string): unknown;
  /** The file of the site that an import leads to by TypeScript's rules, if there is one. */
  findFile(specifier: string, importer?: string): string | undefined;
}

/** The URL of the site's file that an import leads to, which Node did not find: `./job.js` may be `job.ts`. */
export function findSiteUrl(
  specifier: string,
  parentURL: string | undefined,
  shared: () => SharedModules,
): string | undefined {
  const importer = parentURL?.startsWith('file:') ? fileURLToPath(parentURL) : undefined;
  if (importer !== undefined && isInstalled(importer) && !/^(?:file:|\/)/.test(specifier)) return undefined;
  const file = shared().findFile(specifier, importer);
  return file && pathToFileURL(file).href;
}
