import type { Environ, WSGIApplication } from '../wsgi/types.ts';

/**
 * Selects the application by the host of the request, without its port. A name takes precedence over a pattern, and a longer
 * pattern over a shorter one. `*.example.com` matches subdomains of all depths, and not `example.com`.
 *
 * @param applications By host name: `example.com`, `*.example.com`, `[::1]`.
 * @param fallback For every other host.
 *
 * @example
 * import { dispatchByHost } from 'startproject/middleware';
 * import type { WSGIApplication } from 'startproject/wsgi';
 *
 * const saying = (name: string): WSGIApplication => (_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   return [Buffer.from(name)];
 * };
 *
 * export const application = dispatchByHost(
 *   { 'api.example.com': saying('api'), '*.example.com': saying('tenant') },
 *   saying('site'),
 * );
 */
export function dispatchByHost(
  applications: Readonly<Record<string, WSGIApplication>>,
  fallback: WSGIApplication,
): WSGIApplication {
  const hosts = new Map(Object.entries(applications).map(([host, app]) => [host.toLowerCase(), app]));

  function find(host: string): WSGIApplication {
    let found = hosts.get(host);
    for (let dot = host.indexOf('.'); found === undefined && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      found = hosts.get(`*${host.slice(dot)}`);
    }
    return found ?? fallback;
  }

  return function dispatched(environ, startResponse) {
    return find(hostOf(environ))(environ, startResponse);
  };
}

/** The host in lower case, without the port and the dot that ends a fully qualified name. */
function hostOf({ HTTP_HOST, SERVER_NAME }: Environ): string {
  return (HTTP_HOST || SERVER_NAME).toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
