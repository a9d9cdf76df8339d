import { encodePath } from './path-encoding.ts';

/**
 * The path of a URL of a PATH_INFO. Of two slashes at its start, which frameworks would take for the start of a host's
 * name, and servers for one, the second came as `%2F`, and goes so.
 */
export function urlPath(pathInfo: string): string {
  return encodePath(pathInfo).replace(/^\/\//, '/%2F');
}
