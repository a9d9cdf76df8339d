import { STATUS_CODES } from 'node:http';

/** A request that the server answers itself, with an error. */
export class HttpRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpRefusal';
    this.status = status;
  }
}

export function describeVersion(version: string): string {
  return `HTTP/${version} is not supported, only HTTP/1.0 and HTTP/1.1.`;
}

/** A request that this server refuses because it is not valid HTTP. */
export interface ClientErrorRecord {
  /**
   * `tls`: HTTPS on a port for HTTP. `timeout`: a request that was not complete in time. `proxy`: a PROXY header that
   * is missing or not from a trusted peer. `handshake`: a failed TLS handshake.
   */
  readonly kind: 'malformed' | 'tls' | 'timeout' | 'proxy' | 'handshake';
  /** The status that the client has received; 0 if the connection was closed without a response. */
  readonly status: number;
  readonly message: string;
  readonly remoteAddress: string | undefined;
  /** The first line of the request, shortened, if the request was too malformed for a `ResponseRecord`. */
  readonly requestLine: string | undefined;
}

/** The record of a refused request. */
export function refusedRecord(
  { status, message }: Pick<HttpRefusal, 'status' | 'message'>,
  remoteAddress: string | undefined,
): ClientErrorRecord {
  return { kind: 'malformed', status, message, remoteAddress, requestLine: undefined };
}

/** An error of Node's parser. Others, such as a connection's reset, have no `HPE_` code. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly rawPacket?: Buffer;
}

const SHOWN_LINE_LENGTH = 200;
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * The status and message for a parser's error. An ended connection needs no message.
 *
 * @param overflow the message for a head that is larger than the parser accepts
 */
export function describeParserError(
  { code = '', reason, message, rawPacket }: ParserError,
  remoteAddress: string | undefined,
  overflow?: HttpRefusal,
): ClientErrorRecord | undefined {
  // The parser uses the same code for a malformed version.
  const isHttp2 = code === 'HPE_PAUSED_H2_UPGRADE'; // The first bytes of HTTP/2 with prior knowledge.
  const status = isHttp2 || reason === 'Invalid HTTP version' ? 505 : (STATUS_OF_CODE[code] ?? 400);
  const isTimeout = status === 408;
  if (code === 'HPE_INVALID_EOF_STATE') return undefined;
  if (!isTimeout && !code.startsWith('HPE_')) return undefined;
  const requestLine = rawPacket && firstLine(rawPacket);
  if (rawPacket?.[0] === 0x16 && rawPacket[1] === 0x03) {
    return {
      kind: 'tls',
      status,
      message: 'The client uses HTTPS, but this port expects HTTP.',
      remoteAddress,
      requestLine,
    };
  }
  const kind = isTimeout ? 'timeout' : 'malformed';
  let told = code === 'HPE_HEADER_OVERFLOW' ? overflow?.message : undefined;
  if (isHttp2) told = describeVersion('2.0');
  return { kind, status, message: told ?? reason ?? message, remoteAddress, requestLine };
}

/** A complete response in bytes, for a connection without a request object. */
export function refusalBytes({ status, message }: ClientErrorRecord): string {
  const body = `${message}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function firstLine(packet: Buffer): string {
  const [line = ''] = packet.toString('latin1', 0, SHOWN_LINE_LENGTH).split('\r\n', 1);
  return line;
}
