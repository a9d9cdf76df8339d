import type { Environ, WSGIErrors } from '../types.ts';
import { collapseLeadingSlashes, decodePath } from './cgi-names.ts';
import { fileWrapper } from './file-wrapper.ts';
import { type ByteSource, RequestInput } from './input.ts';

const WSGI_VERSION = [1, 0] as const;

/** The variables that are the same in all environs of a server. */
export interface EnvironDefaults {
  readonly errors: WSGIErrors;
  readonly isMultiprocess: boolean;
}

/** The data of a request in every protocol, without the headers. */
interface CgiRequest {
  readonly method: string;
  /** The path of the request target as it was sent, percent-encoded. */
  readonly path: string;
  readonly query: string;
  readonly serverName: string;
  readonly serverPort: string;
  readonly protocol: string;
  readonly scheme: 'http' | 'https';
}

/** PATH_INFO for a percent-encoded path. */
export function pathInfoOf(path: string): string {
  return decodePath(collapseLeadingSlashes(path));
}

/** An environ without the request's headers: the CGI variables that every server has, and the `wsgi.*` variables. */
export function createEnviron(
  { method, path, query, serverName, serverPort, protocol, scheme }: CgiRequest,
  source: ByteSource,
  { errors, isMultiprocess }: EnvironDefaults,
): Environ {
  const environ: Environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: '',
    PATH_INFO: pathInfoOf(path),
    QUERY_STRING: query,
    SERVER_NAME: serverName,
    SERVER_PORT: serverPort,
    SERVER_PROTOCOL: protocol,
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
  return environ;
}
