import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ClientDisconnected } from '../wsgi/errors.ts';
import { checkTrailers } from './http-body.ts';
import { type ClientErrorRecord, type HttpRefusal, refusalBytes } from './http-refusal.ts';
import type { HttpTransport } from './http-transport.ts';

/** How long a refused connection stays open, so that the refusal is read before the reset that closing may send. */
const REFUSAL_TIMEOUT_MS = 2_000;
const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

// A property of the socket, since it is looked up for each request, and a Map takes tenfold the time.
const CONNECTION = Symbol('connection');

interface ServedSocket extends Socket {
  [CONNECTION]?: HttpConnection;
}

export interface ConnectionOptions {
  readonly serverName?: string | undefined;
  readonly serverPort?: number | undefined;
  readonly onClientError?: ((record: ClientErrorRecord) => void) | undefined;
}

/** One client's connection: what its requests have in common, and which of them are open. */
export class HttpConnection {
  static of(socket: Socket): HttpConnection | undefined {
    return (socket as ServedSocket)[CONNECTION];
  }

  readonly socket: Socket;
  readonly scheme: 'http' | 'https';
  readonly serverName: string;
  readonly serverPort: string;
  /** `undefined` on a Unix socket. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: string | undefined;
  readonly open: HttpTransport[] = [];
  /** It came with bytes that had been read elsewhere, which `socket.bytesRead` does not count. */
  hasHead = false;
  /** A request has come on it. */
  hasAsked = false;
  /** For how long nothing was asked, as far as that was looked at. */
  silentMs = 0;
  /** The response under way is the last: requests that come behind it are not looked at. */
  isLast = false;
  /** The last request that came with a body, until the next one comes. */
  withBody: IncomingMessage | undefined;
  /**
   * What stands in a response's place for something that is no request, held back until the requests before it have
   * their responses. Empty where the refusal is a response of its own.
   */
  #refusal: string | undefined;
  readonly #onClientError: ((record: ClientErrorRecord) => void) | undefined;

  constructor(socket: ServedSocket, { serverName, serverPort, onClientError }: ConnectionOptions) {
    this.socket = socket;
    this.#onClientError = onClientError;
    this.scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
    this.serverName = urlHost(serverName ?? plainAddress(socket.localAddress) ?? 'localhost');
    this.serverPort = String(serverPort ?? socket.localPort ?? 80);
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort === undefined ? undefined : String(socket.remotePort);
    socket[CONNECTION] = this;
  }

  /** Whether nothing has come yet, as on the connections that browsers make beforehand. */
  get isUnused(): boolean {
    return this.socket.bytesRead === 0 && !this.hasHead;
  }

  /** Whether a response is made and not all sent. Node's own list of idle connections has these in it. */
  get isFlushing(): boolean {
    return this.open.some(({ response }) => response.writableEnded);
  }

  /** What is told of a request that the parser took. */
  recordOf({ status, message }: HttpRefusal): ClientErrorRecord {
    const { remoteAddress } = this;
    return { kind: 'malformed', status, message, remoteAddress, requestLine: undefined };
  }

  /** Whether nothing that comes is looked at any more. */
  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  finished(transport: HttpTransport): void {
    if (this.open.at(-1) === transport) this.open.pop();
    else this.open.splice(this.open.indexOf(transport), 1);
    if (this.#refusal !== undefined && this.open.length === 0) this.#refuse();
  }

  /** Tells the open requests that they are not to go on. */
  disconnected(error?: ClientDisconnected): void {
    for (const transport of this.open) transport.disconnected(error);
  }

  /** The last request is refused with a response of its own: nothing that comes behind it is looked at. */
  refuseLast(record: ClientErrorRecord): void {
    this.isLast = true;
    this.#refusal = '';
    this.#onClientError?.(record);
  }

  /** Refuses what came behind the open requests, which are left to finish. */
  refuseNext(record: ClientErrorRecord): void {
    this.#close(record);
    if (this.open.length === 0) this.#refuse();
  }

  /** The body of an open request does not come to its end as it should: no response of the application is of use. */
  breakOff(record: ClientErrorRecord): void {
    if (!this.isRefused) this.#close(record);
    const last = this.open.at(-1);
    if (last === undefined || this.open.length > 1 || last.response.headersSent) {
      this.socket.destroy();
    } else {
      last.status = record.status;
      this.#refuse();
      this.disconnected(new ClientDisconnected(`The request was refused: ${record.message}`));
    }
  }

  /** Whether the request before must be refused, which nobody noticed who read its body. Then it is. */
  hasForbiddenTrailer(): boolean {
    const refusal = this.withBody && checkTrailers(this.withBody);
    this.withBody = undefined;
    if (refusal !== undefined) this.breakOff(this.recordOf(refusal));
    return refusal !== undefined;
  }

  /** What comes behind a refused request can't even be parsed: nothing is left to wait for. */
  parserFailedAgain(): void {
    for (const transport of this.open) transport.stopLingering();
  }

  #close(record: ClientErrorRecord): void {
    this.isLast = true;
    this.#refusal = refusalBytes(record);
    this.#onClientError?.(record);
  }

  /** Sends the refusal and closes. */
  #refuse(): void {
    const { socket } = this;
    if (!socket.writable) return;
    socket.end(this.#refusal ?? '');
    const timer = setTimeout(() => socket.destroy(), REFUSAL_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(timer));
  }
}

/** Without the IPv6 form that a server which listens on `::` sees of IPv4 addresses. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(IPV4_IN_IPV6, '');
}

/** A host as it stands in a URL, and in SERVER_NAME: an IPv6 address in brackets (RFC 3875, section 4.1.14). */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
