import type { Environ } from '../types.ts';

/**
 * Moves a prefix, which has no slash at its end, from PATH_INFO to SCRIPT_NAME. @returns whether the path has this
 * prefix.
 */
export function shiftPrefix(environ: Environ, prefix: string): boolean {
  const { PATH_INFO: path } = environ;
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return false;
  environ.SCRIPT_NAME += prefix;
  environ.PATH_INFO = path.slice(prefix.length);
  return true;
}
