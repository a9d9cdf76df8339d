import { withoutTrailingSlashes } from './environ.ts';
import type { Environ } from './types.ts';

/** Moves a prefix from PATH_INFO to SCRIPT_NAME. @returns whether it was there. */
export function shiftPrefix(environ: Environ, scriptName: string): boolean {
  const prefix = withoutTrailingSlashes(scriptName);
  const { PATH_INFO: path } = environ;
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return false;
  environ.SCRIPT_NAME += prefix;
  environ.PATH_INFO = path.slice(prefix.length);
  return true;
}
