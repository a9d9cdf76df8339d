import { fileURLToPath, pathToFileURL } from 'node:url';
import { isInstalled } from '../sources/installed-packages.ts';

/**
 * Access to the site's modules for Node's own loader: packages, threads and child processes import them by file path.
 */
export interface SharedModules {
  /** Whether the site has loaded the file. */
  isLoaded(file: string): boolean;
  /** The names that a module exports. Where possible, the module does not run for that. */
  exportNames(file: string): readonly string[];
  requireFile(file: string): unknown;
  /** The file of the site that an import leads to by TypeScript's rules, if there is one. */
  findFile(specifier: string, importer?: string): string | undefined;
}

/** The URL of the site's file for an import whose target Node does not find: `./job.js` may be `job.ts`. */
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
