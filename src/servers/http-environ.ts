import type { IncomingMessage } from 'node:http';
import { cgiName, decodePath, joinValues } from '../wsgi/environ.ts';
import { fileWrapper } from '../wsgi/file-wrapper.ts';
import { type ByteSource, RequestInput } from '../wsgi/input.ts';
import type { Environ, WSGIErrors } from '../wsgi/types.ts';
import type { HttpConnection } from './http-connection.ts';
import { HttpRefusal } from './http-refusal.ts';

const WSGI_VERSION = [1, 0] as const;
const SLASH = 47;
const SINGLE: ReadonlySet<string> = new Set(['HTTP_HOST', 'CONTENT_TYPE', 'CONTENT_LENGTH']);
const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/** What is the same in all environs of a server. */
export interface EnvironDefaults {
  readonly errors: WSGIErrors;
  readonly isMultiprocess: boolean;
}

/**
 * The environ of a request, which Node's parser has taken as sound.
 *
 * @throws {HttpRefusal} for what the parser lets pass and a server must not.
 */
export function buildEnviron(
  request: IncomingMessage,
  source: ByteSource,
  connection: HttpConnection,
  { errors, isMultiprocess }: EnvironDefaults,
): Environ {
  if (request.httpVersionMajor !== 1) {
    throw new HttpRefusal(505, `HTTP/${request.httpVersion} is not supported, only HTTP/1.0 and HTTP/1.1.`);
  }
  const isHttp11 = request.httpVersionMinor === 1;
  const target = request.url ?? '';
  const absolute = target.charCodeAt(0) === SLASH ? undefined : parseAbsoluteForm(target);
  const local = absolute?.local ?? target;
  const questionMark = local.indexOf('?');
  const path = questionMark === -1 ? local : local.slice(0, questionMark);
  const environ: Environ = {
    REQUEST_METHOD: request.method ?? '',
    SCRIPT_NAME: '',
    PATH_INFO: decodePath(collapseLeadingSlashes(path)),
    QUERY_STRING: questionMark === -1 ? '' : local.slice(questionMark + 1),
    SERVER_NAME: connection.serverName,
    SERVER_PORT: connection.serverPort,
    SERVER_PROTOCOL: isHttp11 ? 'HTTP/1.1' : 'HTTP/1.0',
    'wsgi.version': WSGI_VERSION,
    'wsgi.url_scheme': connection.scheme,
    'wsgi.input': new RequestInput(source),
    'wsgi.errors': errors,
    'wsgi.multithread': false,
    'wsgi.multiprocess': isMultiprocess,
    'wsgi.run_once': false,
    'wsgi.file_wrapper': fileWrapper,
    'wsgi.input_terminated': true,
  };
  if (connection.scheme === 'https') environ.HTTPS = 'on';
  if (connection.remoteAddress !== undefined) environ.REMOTE_ADDR = connection.remoteAddress;
  if (connection.remotePort !== undefined) environ.REMOTE_PORT = connection.remotePort;
  addHeaders(environ, request);
  checkHost(environ, isHttp11);
  checkTransferEncoding(environ, isHttp11);
  // A target with a host in it counts more than the Host header (RFC 9112, section 3.2.2).
  if (absolute !== undefined) environ.HTTP_HOST = absolute.host;
  return environ;
}

/**
 * Takes the headers from the object that Node has made of them, whose names are looked up in a third of the time
 * that fresh strings take. It can't be relied on where a header came twice.
 */
function addHeaders(environ: Environ, { headers, rawHeaders }: IncomingMessage): void {
  let count = 0;
  for (const header in headers) {
    const name = cgiName(header);
    if (name !== undefined) environ[name] = headers[header];
    count += 1;
  }
  const isWhole = count * 2 === rawHeaders.length && headers['set-cookie'] === undefined;
  if (!isWhole) Object.assign(environ, joinHeaders(rawHeaders));
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = cgiName(rawHeaders[i]!);
    if (name === undefined) continue;
    const value = rawHeaders[i + 1]!;
    const first = joined[name];
    if (first !== undefined && SINGLE.has(name)) {
      throw new HttpRefusal(400, `${rawHeaders[i]} was sent twice.`);
    }
    joined[name] = first === undefined ? value : joinValues(name, first, value);
  }
  return joined;
}

function checkHost({ HTTP_HOST }: Environ, isHttp11: boolean): void {
  if (isHttp11 && HTTP_HOST === undefined)
    throw new HttpRefusal(400, 'An HTTP/1.1 request has a Host header.');
}

/** Node's parser decodes `chunked`, and would hand out any other coding undecoded. */
function checkTransferEncoding({ HTTP_TRANSFER_ENCODING: coding }: Environ, isHttp11: boolean): void {
  if (coding === undefined) return;
  if (!isHttp11) throw new HttpRefusal(400, 'Transfer-Encoding is not part of HTTP/1.0.');
  if (coding.toLowerCase() !== 'chunked')
    throw new HttpRefusal(501, 'The only Transfer-Encoding here is chunked.');
}

function parseAbsoluteForm(target: string): { readonly host: string; readonly local: string } {
  const [, host, rest = '/'] = ABSOLUTE_FORM.exec(target) ?? [];
  if (host === undefined) throw new HttpRefusal(400, 'A request target is a path or an http: URL.');
  return { host, local: rest.startsWith('?') ? `/${rest}` : rest };
}

/** So that an application which redirects to its own path can't be made to redirect to `//another.host`. */
function collapseLeadingSlashes(path: string): string {
  return path.charCodeAt(1) === SLASH ? path.replace(/^\/+/, '/') : path;
}
