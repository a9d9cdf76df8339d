import { isIPv6, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpTransport } from './http-transport.ts';

/** How long a refused connection stays open, so that the refusal is read before the reset that closing may send. */
const REFUSAL_TIMEOUT_MS = 2_000;
const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

// A property of the socket, since it is looked up for each request, and a Map takes tenfold the time.
const CONNECTION = Symbol('connection');

interface ServedSocket extends Socket {
  [CONNECTION]?: HttpConnection;
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
  /** The response under way is the last: requests that come behind it are not looked at. */
  isLast = false;
  /** The answer to something that is no request, held back until the requests before it have theirs. */
  refusal: string | undefined;

  constructor(socket: ServedSocket, serverName: string | undefined, serverPort: number | undefined) {
    this.socket = socket;
    this.scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
    this.serverName = serverName ?? urlHost(plainAddress(socket.localAddress) ?? 'localhost');
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

  finished(transport: HttpTransport): void {
    if (this.open.at(-1) === transport) this.open.pop();
    else this.open.splice(this.open.indexOf(transport), 1);
  }

  /** Tells the open requests that they are not to go on. */
  disconnected(): void {
    for (const transport of this.open) transport.disconnected();
  }

  /** Sends the refusal and closes. */
  refuse(): void {
    const { socket, refusal } = this;
    if (refusal === undefined || !socket.writable) return;
    socket.end(refusal);
    const timer = setTimeout(() => socket.destroy(), REFUSAL_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  /**
   * After an error in the body of an open request, which will not come to its end. Where the error is behind the
   * open requests they are left to finish.
   */
  breakOffBody(): void {
    if (this.open.every(({ request }) => request.complete)) return;
    if (this.open.length > 1 || this.open[0]!.response.headersSent) {
      this.socket.destroy();
    } else {
      this.refuse();
      this.disconnected();
    }
  }
}

/** Without the IPv6 form that a server which listens on `::` sees of IPv4 addresses. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(IPV4_IN_IPV6, '');
}

/** A host as it stands in a URL, and in SERVER_NAME: an IPv6 address in brackets (RFC 3875, section 4.1.14). */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
