/**
 * The options of `staticFiles()`.
 *
 * @example
 * import type { StaticFilesOptions } from 'startproject/static';
 *
 * export const options: StaticFilesOptions = { url: '/assets/', folders: ['assets'] };
 */
export interface StaticFilesOptions {
  /** The path of the files below the application's own, with a slash at both ends. @default '/static/' */
  readonly url?: string;
  /** Folders. If a file is in several, the first one is used. A relative path begins at the working directory. */
  readonly folders: readonly string[];
  /** How often a file is checked for changes, in milliseconds. @default 1000 */
  readonly freshMs?: number;
}
