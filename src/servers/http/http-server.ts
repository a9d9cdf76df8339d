import type { IncomingMessage, Server as NodeServer, ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions, Server as NetServer, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { wireOf } from '../../node-internals/wire.ts';
import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import { describeError } from '../../wsgi/errors.ts';
import type { WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import { closeWhenIdle, destroyed, endWithNext } from '../close-when-idle.ts';
import { Deadline } from '../deadline.ts';
import { Listeners } from '../listeners.ts';
import { type RequestLimits, requestLimits } from '../request-limits.ts';
import { requestsInHand } from '../requests-in-hand.ts';
import type { CloseOptions, RequestInHand, Server } from '../server.ts';
import { KEEP_ALIVE_TIMEOUT_MS, StallWatch } from '../stall-watch.ts';
import { secureContexts } from '../tls/secure-contexts.ts';
import type { TlsOptions } from '../tls/tls-options.ts';
import { TrustedPeers } from '../trusted-peers.ts';
import { untilQuiet } from '../until-quiet.ts';
import { reportTo } from './client-error-notice.ts';
import { type ConnectionOptions, HttpConnection } from './connection/connection.ts';
import { checkHalfClosed } from './connection/half-closed.ts';
import { parserFailed } from './connection/parser-failed.ts';
import { Entrance } from './entrance/entrance.ts';
import { ResponseHeads } from './head.ts';
import { createNodeServer } from './node-server.ts';
import { type OpenRequest, openRequestFacts } from './open-request.ts';
import type { HttpServerOptions } from './options.ts';
import { keepDrainListeners } from './refuse-connect.ts';
import { headTooLarge } from './request/limits.ts';
import type { HttpRefusal, ParserError } from './request/refusal.ts';
import { HttpResponder } from './responder.ts';
import { HttpTransport, type TransportOptions } from './transport.ts';
import { WebSocketUpgrades } from './websocket-upgrades.ts';

const CLOSE_TIMEOUT_MS = 30_000;
const GRACE_MS = 100;

/**
 * An HTTP server for one application. To make it, to `listen()` and to `close()` are three separate acts.
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

/** What `createHttpServer()` makes. */
export class HttpServer implements Server {
  readonly #options: HttpServerOptions;
  readonly #errors: WSGIErrors;
  readonly #connectionOptions: ConnectionOptions;
  readonly #transportOptions: TransportOptions;
  readonly #responder: HttpResponder;
  readonly #limits: RequestLimits;
  readonly #entrance: Entrance | undefined;
  /** What makes requests of the bytes of a connection. Another one takes its place with each call of `setTls()`. */
  #server: NodeServer;
  readonly #listeners: Listeners;
  readonly #connections = new Set<HttpConnection>();
  readonly #stalls: StallWatch<OpenRequest>;
  readonly #upgrades: WebSocketUpgrades | undefined;
  readonly #headTooLarge: HttpRefusal;
  #accepted = 0;
  #openRequests = 0;
  #endedRequests = 0;
  /** How long idle connections are kept while the server closes: set as soon as it does. */
  #graceMs: number | undefined;
  #closing: Promise<void> | undefined;
  readonly #deadline = new Deadline(() => {
    if (this.#openRequests > 0) this.#options.onCut?.();
    this.#onDrained?.();
  });
  #onDrained: (() => void) | undefined;

  constructor(application: WSGIApplication, options: HttpServerOptions) {
    this.#options = options;
    this.#errors = options.errors ?? new ErrorStream((text) => process.stderr.write(text));
    const limits = requestLimits(options);
    this.#limits = limits;
    this.#headTooLarge = headTooLarge(limits);
    const proxies = TrustedPeers.of(options.forwardedAllowIps, 'forwardedAllowIps');
    const onClientError = options.onClientError ?? reportTo(this.#errors);
    const { serverName, serverPort } = options;
    this.#connectionOptions = { serverName, serverPort, proxies, onClientError };
    this.#transportOptions = {
      onTurn: (transport) => this.#run(transport),
      limits,
      isAlone: () => this.#connections.size === 1,
      heads: new ResponseHeads(options.keepAliveTimeoutMs ?? KEEP_ALIVE_TIMEOUT_MS),
      serverHeader: options.serverHeader,
      isCounted: options.onResponse !== undefined,
    };
    this.#responder = new HttpResponder(application, options, this.#errors, limits, proxies);
    this.#stalls = new StallWatch(this.#connections, options);
    this.#upgrades = WebSocketUpgrades.of(options.websocket, this.#connections, this.#errors);
    this.#server = this.#createNodeServer(options.tls);
    this.#entrance = Entrance.of(options, {
      onEntered: (socket, rest) => this.#begin(socket, rest),
      onRefused: onClientError,
      onLeft: () => this.#checkDrained(),
    });
    const main = this.#entrance?.listener() ?? this.#server;
    this.#listeners = new Listeners(main, (error) => this.#errors.write(describeError(error)));
  }

  /** How many requests are being answered. */
  get openRequests(): number {
    return this.#openRequests;
  }

  /** How many have been answered, or have broken off. */
  get endedRequests(): number {
    return this.#endedRequests;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** The requests that are being answered, those first that began first. */
  requestsInHand(most: number): RequestInHand[] {
    return requestsInHand([...this.#connections].flatMap(openRequestFacts), most);
  }

  /**
   * Listens on a host and port, a path, a file descriptor, or on a server's socket that another process sent. Called again,
   * it listens there as well.
   *
   * @param backlog How many connections the kernel queues on a socket that another process sent. @default 511
   */
  listen(target: ListenOptions | NetServer, backlog?: number): Promise<AddressInfo | string> {
    return this.#listeners.listen(target, backlog);
  }

  /** Listens no longer, until `listen()` is called again. What was accepted goes on. */
  stopListening(): void {
    this.#listeners.close();
  }

  /** Ends so many connections, each with its next response. Those that were chosen before and are still open count. */
  shed(connections: number): void {
    endWithNext(this.#connections, connections);
  }

  /** Takes over a connection that was accepted elsewhere, with the bytes that were read from it there. */
  accept(socket: Socket, head?: Uint8Array): void {
    if (socket.destroyed) return;
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    if (this.#entrance === undefined) this.#begin(socket, head);
    else void this.#entrance.enter(socket, head);
  }

  /**
   * Takes other certificates for connections that are yet to come. Those that are open keep theirs.
   *
   * @throws {ImproperlyConfigured} for the first certificate or key that is wrong. Then nothing has changed.
   */
  setTls(tls: TlsOptions): void {
    if (this.#options.tls === undefined)
      throw new Error('A server that was made without TLS does not begin with it.');
    this.#server = this.#createNodeServer(tls);
  }

  /**
   * Closes so that no client loses anything. Listening ends, and each response says that it is the last of its
   * connection. A connection without a request has a moment in which one may still come. Clients see a regular end.
   *
   * A second call gives the promise of the first, and may bring the end forward.
   */
  close({ timeoutMs = CLOSE_TIMEOUT_MS, graceMs = GRACE_MS }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    this.#deadline.bringForward(timeoutMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    await this.#acceptWaiting(Math.min(graceMs, GRACE_MS));
    this.#listeners.close();
    // Not before: a proxy makes up for each connection that ends with a new one.
    this.#graceMs = graceMs;
    this.#upgrades?.close();
    this.#entrance?.close(graceMs);
    for (const connection of this.#connections) {
      connection.endWithOpen();
      this.#closeIfIdle(connection);
    }
    await new Promise<void>((resolve) => {
      if (this.#deadline.isOver) resolve();
      this.#onDrained = resolve;
      this.#checkDrained();
    });
    this.#deadline.clear();
    this.#entrance?.destroy();
    await Promise.all([...this.#connections].map(({ socket }) => destroyed(socket)));
    this.#server.close(); // its timer ends
  }

  /** Waits for a moment in which no connection is on its way here, as far as can be seen. */
  async #acceptWaiting(longestMs: number): Promise<void> {
    if (!this.#listeners.isListening) return;
    await untilQuiet(
      () => this.#accepted,
      longestMs,
      () => this.#deadline.isOver,
    );
  }

  #closeIfIdle(connection: HttpConnection): void {
    if (this.#graceMs === undefined || connection.open.length > 0) return;
    void closeWhenIdle(connection, this.#graceMs);
  }

  #checkDrained(): void {
    const open = this.#openRequests + this.#connections.size + (this.#entrance?.size ?? 0);
    if (open === 0) this.#onDrained?.();
  }

  #createNodeServer(tls: TlsOptions | undefined): NodeServer {
    const events = {
      connected: (socket: Socket) => this.#connected(socket),
      requested: this.#handle.bind(this),
      upgrading: this.#upgrades?.take,
      parserFailed: (error: ParserError, socket: Socket) => parserFailed(error, socket, this.#headTooLarge),
      handshakeFailed: (error: Error, socket: TLSSocket) => this.#entrance!.handshakeFailed(error, socket),
    };
    return createNodeServer(this.#options, this.#limits, events, tls && secureContexts(tls));
  }

  /** @param head what was read already of what is for this server */
  #begin(socket: Socket, head?: Uint8Array): void {
    const isSecure = this.#options.tls !== undefined;
    if (isSecure && head !== undefined) socket.unshift(head);
    this.#server.emit('connection', socket);
    if (isSecure) return;
    if (head !== undefined) HttpConnection.of(socket)!.beginWith(head.length);
    if (head !== undefined && head.length > 0) socket.unshift(head); // the parser reads it here and now
    socket.resume();
  }

  #connected(socket: Socket): void {
    const wire = wireOf(socket);
    const proxied = this.#entrance?.headerOf(wire);
    const connection = new HttpConnection(socket, this.#connectionOptions, proxied);
    this.#connections.add(connection);
    this.#entrance?.leave(wire);
    this.#accepted += 1;
    this.#options.onConnection?.();
    this.#stalls.start();
    socket.destroySoon = () => connection.lastSent(); // Node's call when it has sent the last response
    socket.on('resume', () => connection.holdBack());
    keepDrainListeners(socket);
    socket.once('end', () => void checkHalfClosed(connection));
    socket.once('close', () => {
      connection.closed();
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#stalls.stop();
      this.#checkDrained();
    });
    this.#closeIfIdle(connection);
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
    const isLast = this.#options.keepAlive === false || this.#graceMs !== undefined || connection.isLeaving;
    connection.silentMs = 0;
    connection.add(transport, isLast || !response.shouldKeepAlive);
  }

  #run(transport: HttpTransport): void {
    const { connection } = transport;
    this.#openRequests += 1;
    this.#responder.respond(transport, connection, () => this.#finished(transport, connection));
  }

  #finished(transport: HttpTransport, connection: HttpConnection): void {
    connection.finished(transport);
    this.#openRequests -= 1;
    this.#endedRequests += 1;
    if (this.#endedRequests === this.#options.maxRequests) this.#options.onMaxRequests?.();
    if (this.#graceMs === undefined) return;
    this.#closeIfIdle(connection);
    this.#checkDrained();
  }
}
