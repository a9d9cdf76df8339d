import type { IncomingMessage } from 'node:http';
import type { HttpConnection } from '../../servers/http/connection/connection.ts';
import { collapseLeadingSlashes, decodePath, headerName } from '../../wsgi/environ/cgi-names.ts';
import type { Environ } from '../../wsgi/types.ts';

/**
 * Whether an environ still agrees with the server's own request, whatever its mount point is. A middleware may have
 * changed it, and a server omits headers that an application must not see.
 */
export function isSameRequest(
  environ: Environ,
  request: IncomingMessage,
  { ends: { scheme, serverPort, remoteAddress, remotePort, isProxied } }: HttpConnection,
): boolean {
  return (
    !isProxied && // The socket of the request has the addresses of the proxy.
    environ.REQUEST_METHOD === request.method &&
    environ['wsgi.url_scheme'] === scheme &&
    environ.SERVER_PORT === serverPort &&
    environ.REMOTE_ADDR === remoteAddress &&
    environ.REMOTE_PORT === remotePort &&
    hasSameTarget(environ, request.url ?? '') &&
    hasSameHeaders(environ, request)
  );
}

function hasSameTarget(
  { SCRIPT_NAME: scriptName = '', PATH_INFO: pathInfo, QUERY_STRING: query }: Environ,
  url: string,
) {
  const questionMark = url.indexOf('?');
  const path = questionMark === -1 ? url : url.slice(0, questionMark);
  return (
    scriptName + pathInfo === decodePath(collapseLeadingSlashes(path)) &&
    (query ?? '') === (questionMark === -1 ? '' : url.slice(questionMark + 1))
  );
}

function hasSameHeaders(environ: Environ, { headers, rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (const key in environ) {
    const name = headerName(key);
    if (name === undefined) continue;
    if (environ[key] !== headers[name]) return false;
    count += 1;
  }
  return count * 2 === rawHeaders.length;
}
