import type { IncomingMessage } from 'node:http';
import { decodePath } from '../../wsgi/environ/cgi-names.ts';
import { shiftPrefix } from '../../wsgi/environ/shift-prefix.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { MountedRequest } from './request.ts';

const PATH = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i;

/**
 * Moves the path that an application is mounted at from PATH_INFO to SCRIPT_NAME: `scriptName` where the framework
 * leaves it in the URL, otherwise what the framework has taken off and tells of in `baseUrl` or `originalUrl`, a
 * convention that Connect began and Express goes on with.
 *
 * @returns whether the request is one below the mount.
 */
export function shiftToMount(
  environ: Environ,
  request: IncomingMessage,
  scriptName: string | undefined,
): boolean {
  if (scriptName !== undefined) return shiftPrefix(environ, scriptName);
  const { baseUrl, originalUrl } = request as MountedRequest;
  if (typeof originalUrl !== 'string' || originalUrl === request.url) return true;
  const original = pathOf(originalUrl);
  const mount = typeof baseUrl === 'string' ? baseUrl : mountOf(original, pathOf(request.url ?? ''));
  environ.SCRIPT_NAME = decodePath(mount);
  // The slash in `request.url` is the framework's own where the URL is the mount itself.
  if (mount !== '' && original === mount) environ.PATH_INFO = '';
  return true;
}

function mountOf(original: string, path: string): string {
  if (original.endsWith(path)) return original.slice(0, -path.length);
  return path === '/' ? original : '';
}

/** Also of a URL as the target, which frameworks leave as it came. */
function pathOf(url: string): string {
  return PATH.exec(url)![1] || '/';
}
