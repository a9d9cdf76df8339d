/**
 * What `staticFiles()` takes.
 *
 * @example
 * import type { StaticFilesOptions } from 'startproject/static';
 *
 * export const options: StaticFilesOptions = { url: '/assets/', folders: ['assets'] };
 */
export interface StaticFilesOptions {
  /** The path of the files below the application's own, with a slash at both ends. @default '/static/' */
  readonly url?: string;
  /** Folders; a file that lies in several comes from the first. A relative one begins at the working directory. */
  readonly folders: readonly string[];
  /** For how long a file is taken to be as it was when it was last checked, in milliseconds. @default 1000 */
  readonly freshMs?: number;
}
