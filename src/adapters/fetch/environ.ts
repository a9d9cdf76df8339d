import { cgiName } from '../../wsgi/environ/cgi-names.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { createEnviron, type EnvironDefaults } from '../../wsgi/environ/server-variables.ts';
import type { Environ } from '../../wsgi/types.ts';
import { toBytes } from './header-text.ts';

// By hand, since a URL object takes longer than all else here; a Request's URL is well-formed.
// Its scheme is in lower case, but for Deno, which hands on what a client has sent as the whole target.
const PARTS = /^(https?):\/\/([^/?#]*?)(?::(\d+))?(\/[^?#]*)?(?:\?([^#]*))?(?:#|$)/i;

/** The environ of a web-standard Request. @throws {TypeError} for a URL that is not of HTTP. */
export function buildFetchEnviron(request: Request, source: ByteSource, defaults: EnvironDefaults): Environ {
  const [, schemeAsSent, host = '', port, path = '/', query = ''] = PARTS.exec(request.url) ?? [];
  if (schemeAsSent === undefined)
    throw new TypeError(`A request's URL is one of http or https, and this is ${request.url}.`);
  const scheme = schemeAsSent.toLowerCase() as 'http' | 'https';
  const facts = {
    method: request.method,
    path,
    query,
    serverName: host,
    serverPort: port ?? (scheme === 'https' ? '443' : '80'),
    protocol: 'HTTP/1.1',
    scheme,
  };
  const environ = createEnviron(facts, source, defaults);
  environ.HTTP_HOST = port === undefined ? host : `${host}:${port}`;
  request.headers.forEach((value, header) => {
    const name = cgiName(header);
    if (name !== undefined) environ[name] = toBytes(value);
  });
  // A body of unknown length: the application must see that there is one.
  const mayHaveBody = request.method !== 'GET' && request.method !== 'HEAD';
  if (mayHaveBody && environ.CONTENT_LENGTH === undefined && request.body !== null)
    environ.HTTP_TRANSFER_ENCODING = 'chunked';
  return environ;
}
