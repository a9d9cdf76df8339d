import type { IncomingMessage, Server as NodeServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { wireOf } from '../../node-internals/wire.ts';
import { describeError } from '../../wsgi/errors.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { ConnectionServer } from '../connection-server.ts';
import { Listeners } from '../listeners.ts';
import { KEEP_ALIVE_TIMEOUT_MS } from '../stall-watch.ts';
import { secureContexts } from '../tls/secure-contexts.ts';
import type { TlsOptions } from '../tls/tls-options.ts';
import { TrustedPeers } from '../trusted-peers.ts';
import { type ConnectionOptions, HttpConnection } from './connection/connection.ts';
import { endsOf } from './connection/connection-ends.ts';
import { checkHalfClosed } from './connection/half-closed.ts';
import { LocalEnd } from './connection/local-end.ts';
import { parserFailed } from './connection/parser-failed.ts';
import { Entrance } from './entrance/entrance.ts';
import { ResponseHeads } from './head.ts';
import { createNodeServer } from './node-server.ts';
import type { OpenRequest } from './open-request.ts';
import type { HttpServerOptions } from './options.ts';
import { keepDrainListeners } from './refuse-connect.ts';
import { headTooLarge } from './request/limits.ts';
import type { HttpRefusal, ParserError } from './request/refusal.ts';
import { HttpResponder } from './responder.ts';
import { HttpTransport, type TransportOptions } from './transport.ts';
import { WebSocketUpgrades } from './websocket-upgrades.ts';

/**
 * An HTTP server for one application. Creating it, `listen()` and `close()` are three separate steps.
 *
 * @example
 * import { createHttpServer } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * const server = createHttpServer(application);
 * await server.listen({ host: '127.0.0.1', port: 8000 });
 * await server.close();
 */
export function createHttpServer(application: WSGIApplication, options: HttpServerOptions = {}): HttpServer {
  return new HttpServer(application, options);
}

/** The result of `createHttpServer()`. */
export class HttpServer extends ConnectionServer<OpenRequest, HttpConnection> {
  readonly #options: HttpServerOptions;
  readonly #connectionOptions: ConnectionOptions;
  readonly #transportOptions: TransportOptions;
  readonly #responder: HttpResponder;
  readonly #entrance: Entrance | undefined;
  /** Parses the requests of connections. Each call of `setTls()` replaces it. */
  #server: NodeServer;
  protected readonly listeners: Listeners;
  readonly #upgrades: WebSocketUpgrades | undefined;
  readonly #headTooLarge: HttpRefusal;
  readonly #local = new LocalEnd();

  constructor(application: WSGIApplication, options: HttpServerOptions) {
    super(options);
    this.#options = options;
    const { errors, limits, onClientError } = this;
    this.#headTooLarge = headTooLarge(limits);
    const proxies = TrustedPeers.of(options.forwardedAllowIps, 'forwardedAllowIps');
    this.#connectionOptions = { proxies, onClientError };
    this.#transportOptions = {
      onTurn: (transport) => this.#run(transport),
      limits,
      isAlone: () => this.connections === 1,
      heads: new ResponseHeads(options.keepAliveTimeoutMs ?? KEEP_ALIVE_TIMEOUT_MS),
      serverHeader: options.serverHeader,
      isCounted: options.onResponse !== undefined,
    };
    this.#responder = new HttpResponder(application, options, errors, limits, proxies);
    this.#upgrades = WebSocketUpgrades.of(
      options.websocket,
      (connection) => this.connectionEnded(connection),
      errors,
    );
    this.#server = this.#createNodeServer(options.tls);
    this.#entrance = Entrance.of(options, {
      onEntered: (socket, rest) => this.#begin(socket, rest),
      onRefused: onClientError,
      onLeft: () => this.checkDrained(),
    });
    const main = this.#entrance?.listener() ?? this.#server;
    this.listeners = new Listeners(
      main,
      (error) => errors.write(describeError(error)),
      (server) => this.#local.listensAt(server.address()),
    );
  }

  /** Adopts a connection that was accepted elsewhere, with the bytes that were already read from it. */
  accept(socket: Socket, head?: Uint8Array): void {
    if (socket.destroyed) return;
    this.#local.varies();
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    if (this.#entrance === undefined) this.#begin(socket, head);
    else void this.#entrance.enter(socket, head);
  }

  /**
   * Replaces the certificates for new connections. Open connections keep theirs.
   *
   * @throws {ImproperlyConfigured} for the first wrong certificate or key. Then nothing has changed.
   */
  setTls(tls: TlsOptions): void {
    if (this.#options.tls === undefined)
      throw new Error('setTls() was called on a server that was created without TLS.');
    this.#server = this.#createNodeServer(tls);
  }

  protected override get entering(): number {
    return this.#entrance?.size ?? 0;
  }

  protected override closingBegan(graceMs: number): void {
    this.#upgrades?.close();
    this.#entrance?.close(graceMs);
    for (const connection of this.openConnections) connection.endWithOpen();
  }

  protected override closingEnded(): void {
    this.#entrance?.destroy();
    this.#server.close(); // Stops its timer.
  }

  #createNodeServer(tls: TlsOptions | undefined): NodeServer {
    const events = {
      connected: (socket: Socket) => this.#connected(socket),
      requested: this.#handle.bind(this),
      upgrading: this.#upgrades?.take,
      parserFailed: (error: ParserError, socket: Socket) => parserFailed(error, socket, this.#headTooLarge),
      handshakeFailed: (error: Error, socket: TLSSocket) => this.#entrance!.handshakeFailed(error, socket),
    };
    return createNodeServer(this.#options, this.limits, events, tls && secureContexts(tls));
  }

  /** @param head bytes for this server that were already read */
  #begin(socket: Socket, head?: Uint8Array): void {
    const isSecure = this.#options.tls !== undefined;
    if (isSecure && head !== undefined) socket.unshift(head);
    this.#server.emit('connection', socket);
    if (isSecure) return;
    if (head !== undefined) HttpConnection.of(socket)!.beginWith(head.length);
    if (head !== undefined && head.length > 0) socket.unshift(head); // The parser reads it synchronously.
    socket.resume();
  }

  #connected(socket: Socket): void {
    const wire = wireOf(socket);
    const proxied = this.#entrance?.headerOf(wire);
    const connection = new HttpConnection(
      socket,
      endsOf(socket, this.#options, proxied, this.#local.known),
      this.#connectionOptions,
    );
    this.connectionBegan(connection);
    this.#entrance?.leave(wire);
    socket.destroySoon = () => connection.lastSent(); // Node calls this when it has sent the last response.
    socket.on('resume', () => connection.holdBack());
    keepDrainListeners(socket);
    socket.once('end', () => void checkHalfClosed(connection));
    socket.once('close', () => {
      connection.closed();
      this.connectionEnded(connection);
    });
    this.connectionReady(connection);
  }

  #handle(request: IncomingMessage, response: ServerResponse, isHeldBack: boolean): void {
    const connection = HttpConnection.of(request.socket);
    if (connection === undefined) return;
    if (connection.isEnding) {
      connection.ignoreInput();
      return;
    }
    if (connection.withBody !== undefined && connection.refuseForbiddenTrailer()) return;
    const transport = new HttpTransport(request, response, connection, isHeldBack, this.#transportOptions);
    connection.silentMs = 0;
    if (!response.shouldKeepAlive) connection.hasClientDone = true;
    connection.add(transport, this.isLast || connection.isLeaving || connection.hasClientDone);
  }

  #run(transport: HttpTransport): void {
    const { connection } = transport;
    this.#responder.respond(transport, connection, this.requestBegan(transport, connection));
  }
}
