import type { IncomingMessage } from 'node:http';
import { cgiName, joinValues } from '../../../wsgi/environ/cgi-names.ts';
import type { ByteSource } from '../../../wsgi/environ/input.ts';
import { createEnviron, type EnvironDefaults } from '../../../wsgi/environ/server-variables.ts';
import type { Environ } from '../../../wsgi/types.ts';
import type { RequestLimits } from '../../request-limits.ts';
import type { TrustedPeers } from '../../trusted-peers.ts';
import type { HttpConnection } from '../connection/connection.ts';
import { believeForwarded } from '../forwarded/believe-forwarded.ts';
import {
  checkContentLength,
  checkFieldSize,
  checkHeadSize,
  checkRequestLine,
  fieldSizeOf,
} from './limits.ts';
import { HttpRefusal } from './refusal.ts';
import { checkHeaders, checkVersion, parseTarget } from './rules.ts';
import { ServerRequest } from './server-request.ts';

const SINGLE: ReadonlySet<string> = new Set(['HTTP_HOST', 'CONTENT_TYPE', 'CONTENT_LENGTH']);

export interface HttpEnvironDefaults extends EnvironDefaults {
  readonly limits: RequestLimits;
  /** The peers whose `X-Forwarded-*` and `Forwarded` headers are trusted. */
  readonly proxies?: TrustedPeers | undefined;
}

/**
 * Makes the environ of a request that Node's parser has accepted.
 *
 * @throws {HttpRefusal} for what the parser accepts but a server must refuse.
 */
export function buildEnviron(
  request: IncomingMessage,
  source: ByteSource,
  connection: HttpConnection,
  defaults: HttpEnvironDefaults,
): Environ {
  const { limits } = defaults;
  const { ends } = connection;
  checkVersion(request);
  const lineSize = checkRequestLine(request, limits);
  const isHttp11 = request.httpVersionMinor === 1;
  const { local, host } = parseTarget(request);
  const questionMark = local.indexOf('?');
  const facts = {
    method: request.method ?? '',
    path: questionMark === -1 ? local : local.slice(0, questionMark),
    query: questionMark === -1 ? '' : local.slice(questionMark + 1),
    serverName: ends.serverName,
    serverPort: ends.serverPort,
    protocol: isHttp11 ? 'HTTP/1.1' : 'HTTP/1.0',
    scheme: ends.scheme,
  };
  const environ = createEnviron(facts, source, defaults);
  if (ends.remoteAddress !== undefined) environ.REMOTE_ADDR = ends.remoteAddress;
  if (ends.remotePort !== undefined) environ.REMOTE_PORT = ends.remotePort;
  if (ends.tls !== undefined) Object.assign(environ, ends.tls);
  addHeaders(environ, request, lineSize, limits);
  checkHeaders(environ, isHttp11);
  checkContentLength(environ.CONTENT_LENGTH, limits);
  // A host in the request target has priority over the Host header (RFC 9112, section 3.2.2).
  if (host !== undefined) environ.HTTP_HOST = host;
  if (connection.isBehindProxy) believeForwarded(environ, defaults.proxies!);
  return environ;
}

function addHeaders(
  environ: Environ,
  request: IncomingMessage,
  lineSize: number,
  limits: RequestLimits,
): void {
  if (!(request instanceof ServerRequest)) addChangeable(environ, request, lineSize, limits);
  else if (request.headerNames.isPlain) addPlain(environ, request, lineSize, limits);
  else Object.assign(environ, joinHeaders(request.rawHeaders, lineSize, limits));
}

function addPlain(
  environ: Environ,
  { headerNames: { keys, lower }, rawHeaders }: ServerRequest,
  lineSize: number,
  limits: RequestLimits,
): void {
  let headSize = lineSize;
  for (let i = 0; i < keys.length; i++) {
    const name = keys[i];
    const value = rawHeaders[i * 2 + 1]!;
    if (name !== undefined) environ[name] = value;
    const size = fieldSizeOf(lower[i]!, value);
    if (size > limits.fieldSize) checkFieldSize(rawHeaders[i * 2]!, size, limits);
    headSize += size;
  }
  checkHeadSize(headSize, limits);
}

/**
 * Adds the headers from `request.headers`, since a framework may have changed them. The object is incomplete if a
 * header was sent twice.
 */
function addChangeable(
  environ: Environ,
  { headers, rawHeaders }: IncomingMessage,
  lineSize: number,
  limits: RequestLimits,
): void {
  let count = 0;
  let headSize = lineSize;
  for (const header in headers) {
    const name = cgiName(header);
    const value = headers[header] as string;
    if (name !== undefined) environ[name] = value;
    const size = fieldSizeOf(header, value);
    headSize += size;
    if (size <= limits.fieldSize) count += 1;
  }
  const isWhole = count * 2 === rawHeaders.length && headers['set-cookie'] === undefined;
  if (isWhole) checkHeadSize(headSize, limits);
  else Object.assign(environ, joinHeaders(rawHeaders, lineSize, limits));
}

function joinHeaders(
  rawHeaders: readonly string[],
  lineSize: number,
  limits: RequestLimits,
): Record<string, string> {
  const joined: Record<string, string> = {};
  let headSize = lineSize;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    const size = fieldSizeOf(header, value);
    checkFieldSize(header, size, limits);
    headSize += size;
    const name = cgiName(header);
    if (name === undefined) continue;
    const first = joined[name];
    if (first !== undefined && SINGLE.has(name)) throw new HttpRefusal(400, `${header} was sent twice.`);
    joined[name] = first === undefined ? value : joinValues(name, first, value);
  }
  checkHeadSize(headSize, limits);
  return joined;
}
