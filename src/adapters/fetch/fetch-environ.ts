import { cgiName, collapseLeadingSlashes, decodePath } from '../../wsgi/environ/cgi-names.ts';
import { fileWrapper } from '../../wsgi/environ/file-wrapper.ts';
import { type ByteSource, RequestInput } from '../../wsgi/environ/input.ts';
import type { Environ, WSGIErrors } from '../../wsgi/types.ts';
import { toBytes } from './header-text.ts';

const WSGI_VERSION = [1, 0] as const;
// By hand, since a URL object takes longer than all else here; a Request's URL is well-formed.
// Its scheme is in lower case, but for Deno, which hands on what a client has sent as the whole target.
const PARTS = /^(https?):\/\/([^/?#]*?)(?::(\d+))?(\/[^?#]*)?(?:\?([^#]*))?(?:#|$)/i;

/** What is the same in all environs of an application. */
export interface FetchEnvironDefaults {
  readonly errors: WSGIErrors;
  readonly isMultiprocess: boolean;
}

/** The environ of a web-standard Request. @throws {TypeError} for a URL that is not of HTTP. */
export function buildFetchEnviron(
  request: Request,
  source: ByteSource,
  { errors, isMultiprocess }: FetchEnvironDefaults,
): Environ {
  const [, schemeAsSent, host = '', port, path = '/', query = ''] = PARTS.exec(request.url) ?? [];
  if (schemeAsSent === undefined)
    throw new TypeError(`A request's URL is one of http or https, and this is ${request.url}.`);
  const scheme = schemeAsSent.toLowerCase() as 'http' | 'https';
  const environ: Environ = {
    REQUEST_METHOD: request.method,
    SCRIPT_NAME: '',
    PATH_INFO: decodePath(collapseLeadingSlashes(path)),
    QUERY_STRING: query,
    SERVER_NAME: host,
    SERVER_PORT: port ?? (scheme === 'https' ? '443' : '80'),
    SERVER_PROTOCOL: 'HTTP/1.1',
    HTTP_HOST: port === undefined ? host : `${host}:${port}`,
    'wsgi.version': WSGI_VERSION,
    'wsgi.url_scheme': scheme,
    'wsgi.input': new RequestInput(source),
    'wsgi.errors': errors,
    'wsgi.multithread': false,
    'wsgi.multiprocess': isMultiprocess,
    'wsgi.run_once': false,
    'wsgi.file_wrapper': fileWrapper,
    'wsgi.input_terminated': true,
  };
  if (scheme === 'https') environ.HTTPS = 'on';
  request.headers.forEach((value, header) => {
    const name = cgiName(header);
    if (name !== undefined) environ[name] = toBytes(value);
  });
  // A body whose length nobody has told: the application must see that there is one.
  const mayHaveBody = request.method !== 'GET' && request.method !== 'HEAD';
  if (mayHaveBody && environ.CONTENT_LENGTH === undefined && request.body !== null)
    environ.HTTP_TRANSFER_ENCODING = 'chunked';
  return environ;
}
