import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { canFindWire, wireOf } from '../../../node-internals/wire.ts';
import { type ProxyHeader, ProxyHeaderError } from '../../proxy-protocol/proxy-header.ts';
import { type ProxyVersion, readProxyHeader } from '../../proxy-protocol/read-proxy-header.ts';
import { TIMEOUT_MS } from '../../stall-watch.ts';
import { TrustedPeers } from '../../trusted-peers.ts';
import { plainAddress } from '../connection/connection-ends.ts';
import { HttpClosing } from '../connection/http-closing.ts';
import type { HttpServerOptions } from '../options.ts';
import { type ClientErrorRecord, refusalBytes } from '../request/refusal.ts';
import { EndedEarly, readFirstBytes } from './first-bytes.ts';

interface EntranceEvents {
  /**
   * Called when a connection is ready for the server. It is paused, and `rest` contains bytes that were already read.
   */
  readonly onEntered: (socket: Socket, rest: Buffer) => void;
  readonly onRefused: (record: ClientErrorRecord) => void;
  /** Called when a connection is ready, or was closed before that. */
  readonly onLeft: () => void;
}

/** The PROXY protocol, whose header connections begin with. */
interface ProxyProtocol {
  /** @default any */
  readonly version: ProxyVersion | undefined;
  readonly peers: TrustedPeers;
}

interface HandshakeError extends Error {
  readonly code?: string;
  /** The message from OpenSSL. */
  readonly reason?: string;
}

interface Start {
  readonly header: ProxyHeader | undefined;
  readonly rest: Buffer;
}

/** The type of the first record of a TLS connection (RFC 8446, section 5.1). */
const HANDSHAKE = 0x16;
const PROXIES = ['127.0.0.1', '::1', 'unix'];
const NO_BYTES = Buffer.alloc(0);

/** Handles the start of connections for a server whose clients send a PROXY header or begin with TLS. */
export class Entrance {
  /** @returns nothing for a server whose clients begin with HTTP */
  static of(options: HttpServerOptions, events: EntranceEvents): Entrance | undefined {
    const { tls, proxyProtocol = 'off' } = options;
    return tls === undefined && proxyProtocol === 'off' ? undefined : new Entrance(options, events);
  }

  readonly #proxyProtocol: ProxyProtocol | undefined;
  readonly #isSecure: boolean;
  readonly #timeoutMs: number;
  readonly #events: EntranceEvents;
  /** The connections that are not ready yet, including those in a TLS handshake. */
  readonly #entering = new Set<Socket>();
  /** The connections among these whose first bytes are incomplete. */
  readonly #silent = new Set<Socket>();
  readonly #headers = new WeakMap<Socket, ProxyHeader>();
  #isClosing = false;
  #graceMs = 0;

  constructor(
    { tls, proxyProtocol = 'off', proxyAllowIps = PROXIES, headersTimeoutMs = TIMEOUT_MS }: HttpServerOptions,
    events: EntranceEvents,
  ) {
    this.#events = events;
    this.#isSecure = tls !== undefined;
    this.#timeoutMs = headersTimeoutMs;
    if (proxyProtocol === 'off') return;
    if (this.#isSecure && !canFindWire()) {
      throw new Error('This version of Node does not support the PROXY protocol together with TLS.');
    }
    const version = proxyProtocol === 'auto' ? undefined : proxyProtocol;
    this.#proxyProtocol = { version, peers: new TrustedPeers(proxyAllowIps, 'proxyAllowIps') };
  }

  /** Makes a server that accepts connections for `enter()`. */
  listener(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void this.enter(socket));
  }

  /** The number of connections that are not ready yet. */
  get size(): number {
    return this.#entering.size;
  }

  /** The PROXY header of this connection. */
  headerOf(socket: Socket): ProxyHeader | undefined {
    return this.#headers.get(socket);
  }

  /** @param head bytes of the connection that were read elsewhere */
  async enter(socket: Socket, head: Uint8Array = NO_BYTES): Promise<void> {
    const timeoutMs = this.#timeoutMs;
    socket.on('error', () => {}); // An error also ends the connection, and the end is handled.
    socket.once('close', () => this.leave(socket));
    this.#entering.add(socket);
    this.#silent.add(socket);
    if (this.#isClosing) this.#endIfSilent(socket);
    const timer = timeoutMs > 0 ? setTimeout(() => this.#timedOut(socket), timeoutMs) : undefined;
    try {
      const { header, rest } = await this.#readStart(socket, Buffer.from(head));
      if (header !== undefined) this.#headers.set(socket, header);
      this.#goOn(socket, rest);
    } catch (error) {
      this.#fail(socket, error);
    } finally {
      clearTimeout(timer);
      this.#silent.delete(socket);
    }
  }

  /** Called when a connection is ready or closed. */
  leave(socket: Socket): void {
    this.#silent.delete(socket);
    if (this.#entering.delete(socket)) this.#events.onLeft();
  }

  /** Called when the TLS handshake has failed. A client that has disconnected is not reported. */
  handshakeFailed({ code, reason, message }: HandshakeError, socket: TLSSocket): void {
    const { authorizationError } = socket; // It is a text, although its declared type is Error.
    if (code === 'ECONNRESET' && !authorizationError) return;
    const told = authorizationError ? `the client's certificate: ${authorizationError}` : (reason ?? message);
    const record = this.#recordOf(wireOf(socket), 'handshake', 0, `TLS could not begin: ${told}.`);
    this.#events.onRefused(record);
  }

  /** Ends connections whose first bytes are still incomplete after this time. */
  close(graceMs: number): void {
    this.#isClosing = true;
    this.#graceMs = graceMs;
    for (const socket of this.#silent) this.#endIfSilent(socket);
  }

  /** Cuts all connections that are not ready yet. */
  destroy(): void {
    for (const socket of this.#entering) socket.destroy();
  }

  #readStart(socket: Socket, head: Buffer): Promise<Start> {
    const proxyProtocol = this.#proxyProtocol;
    const address = plainAddress(socket.remoteAddress);
    if (proxyProtocol !== undefined && !proxyProtocol.peers.has(address)) {
      throw new ProxyHeaderError('The peer is not allowed to send PROXY headers.');
    }
    return readFirstBytes(socket, head, (bytes) => {
      const header = proxyProtocol && readProxyHeader(bytes, proxyProtocol.version);
      if (proxyProtocol !== undefined && header === undefined) return undefined;
      const rest = bytes.subarray(header?.length ?? 0);
      return this.#isSecure && rest.length === 0 ? undefined : { header, rest };
    });
  }

  #goOn(socket: Socket, rest: Buffer): void {
    const { onEntered, onRefused } = this.#events;
    if (!this.#isSecure || rest[0] === HANDSHAKE) {
      onEntered(socket, rest);
      return;
    }
    const message = 'This port speaks HTTPS: use an https:// address.';
    const record = this.#recordOf(socket, 'malformed', 400, message);
    onRefused(record);
    new HttpClosing(socket).close(refusalBytes(record));
  }

  #fail(socket: Socket, error: unknown): void {
    socket.destroy();
    if (error instanceof EndedEarly) return;
    if (!(error instanceof ProxyHeaderError)) throw error;
    this.#events.onRefused(this.#recordOf(socket, 'proxy', 0, error.message));
  }

  #timedOut(socket: Socket): void {
    // Unused connections are not reported, since browsers open connections before they need them.
    if (socket.bytesRead > 0) {
      this.#events.onRefused(
        this.#recordOf(socket, 'timeout', 0, 'The start of the connection did not come in time.'),
      );
    }
    socket.destroy();
  }

  #endIfSilent(socket: Socket): void {
    setTimeout(() => {
      if (this.#silent.has(socket) && socket.bytesRead === 0) new HttpClosing(socket).close();
    }, this.#graceMs);
  }

  #recordOf(
    socket: Socket,
    kind: ClientErrorRecord['kind'],
    status: number,
    message: string,
  ): ClientErrorRecord {
    const source = this.headerOf(socket)?.source;
    const remoteAddress = plainAddress(source?.address ?? socket.remoteAddress);
    return { kind, status, message, remoteAddress, requestLine: undefined };
  }
}
