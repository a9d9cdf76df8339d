import { pathBytes } from '../wsgi/environ/cgi-names.ts';
import { shiftPrefix } from '../wsgi/environ/shift-prefix.ts';
import type { WSGIApplication } from '../wsgi/types.ts';

/**
 * Mounts applications at paths. The longest path that matches the beginning of PATH_INFO, in whole segments, is moved to the end
 * of SCRIPT_NAME, so that the application is at its root.
 *
 * @param applications By path: `/api`, `/shop/admin`.
 * @param fallback For every other request.
 * @throws {TypeError} for a path without a slash in front, or with one at its end.
 *
 * @example
 * import { mount } from 'startproject/middleware';
 * import type { WSGIApplication } from 'startproject/wsgi';
 *
 * const saying = (name: string): WSGIApplication => (environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   return [Buffer.from(`${name} ${environ.PATH_INFO}`)];
 * };
 *
 * export const application = mount({ '/api': saying('v1'), '/api/v2': saying('v2') }, saying('site'));
 */
export function mount(
  applications: Readonly<Record<string, WSGIApplication>>,
  fallback: WSGIApplication,
): WSGIApplication {
  const mounts = Object.entries(applications)
    .map(([path, application]) => ({ prefix: checkedPrefix(path), application }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);

  return function mounted(environ, startResponse) {
    for (const { prefix, application } of mounts) {
      if (shiftPrefix(environ, prefix)) return application(environ, startResponse);
    }
    return fallback(environ, startResponse);
  };
}

function checkedPrefix(path: string): string {
  if (!/^\/.*[^/]$/s.test(path)) {
    throw new TypeError(
      `mount() takes paths such as '/api', with a slash in front and none at the end. Found '${path}'.`,
    );
  }
  return pathBytes(path);
}
