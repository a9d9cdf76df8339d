import type { IncomingMessage } from 'node:http';
import { decodePath } from '../../wsgi/environ/cgi-names.ts';
import { shiftPrefix } from '../../wsgi/environ/shift-prefix.ts';
import type { Environ } from '../../wsgi/types.ts';
import type { MountedRequest } from './request.ts';

const PATH = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i;

/**
 * Moves the mount point of an application from PATH_INFO to SCRIPT_NAME. The mount point is `scriptName` if the
 * framework leaves it in the URL, otherwise the part that the framework has removed and put in `baseUrl` or
 * `originalUrl`, a convention of Connect and Express.
 *
 * @returns whether the request is below the mount point.
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
  // If the URL is the mount point itself, the framework has added the slash in `request.url`.
  if (mount !== '' && original === mount) environ.PATH_INFO = '';
  return true;
}

function mountOf(original: string, path: string): string {
  if (original.endsWith(path)) return original.slice(0, -path.length);
  return path === '/' ? original : '';
}

/** The path of a request target. Frameworks leave a target that is a complete URL unchanged. */
function pathOf(url: string): string {
  return PATH.exec(url)![1] || '/';
}
