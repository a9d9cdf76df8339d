import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions, Server as NetServer, Socket } from 'node:net';
import { answerHalfOpen } from '../../node-internals/half-open.ts';
import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import { describeError } from '../../wsgi/errors.ts';
import type { WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import { Listeners } from '../listeners.ts';
import type { CloseOptions, RequestInHand, Server } from '../server.ts';
import { TrustedPeers } from '../trusted-peers.ts';
import { untilQuiet } from '../until-quiet.ts';
import { reportTo } from './client-error-notice.ts';
import { closeWhenIdle, destroyed, endWithNext } from './close-when-idle.ts';
import { type ConnectionOptions, HttpConnection } from './connection.ts';
import { checkHalfClosed } from './half-closed.ts';
import { ResponseHeads } from './head.ts';
import type { HttpServerOptions } from './options.ts';
import { keepDrainListeners, refuseConnect } from './refuse-connect.ts';
import { headTooLarge, parserLimit, requestLimits } from './request/limits.ts';
import { describeParserError, type HttpRefusal, type ParserError } from './request/refusal.ts';
import { requestsInHand } from './requests-in-hand.ts';
import { HttpResponder } from './responder.ts';
import { KEEP_ALIVE_TIMEOUT_MS, StallWatch } from './stalls.ts';
import { HttpTransport, type TransportOptions } from './transport.ts';

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
  readonly #server: http.Server;
  readonly #listeners: Listeners;
  readonly #connections = new Set<HttpConnection>();
  readonly #stalls: StallWatch;
  readonly #headTooLarge: HttpRefusal;
  #accepted = 0;
  #openRequests = 0;
  #endedRequests = 0;
  /** How long idle connections are kept while the server closes: set as soon as it does. */
  #graceMs: number | undefined;
  #closing: Promise<void> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  /** When what is still open is broken off. */
  #deadlineAt = Number.POSITIVE_INFINITY;
  #isOverdue = false;
  #onDrained: (() => void) | undefined;

  constructor(application: WSGIApplication, options: HttpServerOptions) {
    this.#options = options;
    this.#errors = options.errors ?? new ErrorStream((text) => process.stderr.write(text));
    const limits = requestLimits(options);
    this.#headTooLarge = headTooLarge(limits);
    const proxies = TrustedPeers.of(options.forwardedAllowIps, 'forwardedAllowIps');
    this.#connectionOptions = {
      serverName: options.serverName,
      serverPort: options.serverPort,
      proxies,
      onClientError: options.onClientError ?? reportTo(this.#errors),
    };
    const keepAliveTimeout = options.keepAliveTimeoutMs ?? KEEP_ALIVE_TIMEOUT_MS;
    this.#transportOptions = {
      onTurn: (transport) => this.#run(transport),
      limits,
      isAlone: () => this.#connections.size === 1,
      heads: new ResponseHeads(keepAliveTimeout),
      serverHeader: options.serverHeader,
      isCounted: options.onResponse !== undefined,
    };
    this.#responder = new HttpResponder(application, options, this.#errors, limits, proxies);
    this.#stalls = new StallWatch(this.#connections, options);
    const headersTimeout = options.headersTimeoutMs ?? 60_000;
    const server = http.createServer({
      keepAliveTimeout,
      headersTimeout,
      requestTimeout: 0, // of bodies we see which are waited for, and which wait for us
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 4) || 1_000),
      maxHeaderSize: parserLimit(limits),
      insecureHTTPParser: false, // whatever Node's command line says
      requireHostHeader: false, // it is checked with the environ, so that the refusal is reported
    });
    server.maxHeadersCount = 0; // or Node would leave headers out without a word
    answerHalfOpen(server);
    server.on('connection', (socket) => this.#connected(socket));
    server.on('request', (request, response) => this.#handle(request, response, false));
    server.on('checkContinue', (request, response) => this.#handle(request, response, true));
    server.on('checkExpectation', (request, response) => this.#handle(request, response, false));
    server.on('connect', (request, socket) => refuseConnect(request, socket as Socket));
    server.on('clientError', (error, socket) => this.#parserFailed(error, socket as Socket));
    this.#server = server;
    this.#listeners = new Listeners(server, (error) => this.#errors.write(describeError(error)));
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
    return requestsInHand(this.#connections, most);
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
    this.#server.emit('connection', socket);
    if (head !== undefined && head.length > 0) {
      HttpConnection.of(socket)!.headBytes = head.length;
      socket.unshift(head); // the parser reads it here and now
    }
    socket.resume();
  }

  /**
   * Closes so that no client loses anything. Listening ends, and each response says that it is the last of its
   * connection. A connection without a request has a moment in which one may still come. Clients see a regular end.
   *
   * A second call gives the promise of the first, and may bring the end forward.
   */
  close({ timeoutMs = CLOSE_TIMEOUT_MS, graceMs = GRACE_MS }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    this.#breakOffAfter(timeoutMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    await this.#acceptWaiting(Math.min(graceMs, GRACE_MS));
    this.#listeners.close();
    // Not before: a proxy makes up for each connection that ends with a new one.
    this.#graceMs = graceMs;
    for (const connection of this.#connections) {
      connection.endWithOpen();
      this.#closeIfIdle(connection);
    }
    await new Promise<void>((resolve) => {
      if (this.#isOverdue) resolve();
      this.#onDrained = resolve;
      this.#checkDrained();
    });
    clearTimeout(this.#deadline);
    await Promise.all([...this.#connections].map(({ socket }) => destroyed(socket)));
    this.#server.close(); // its timer ends
  }

  #breakOffAfter(ms: number): void {
    const at = Date.now() + ms;
    if (at >= this.#deadlineAt) return;
    this.#deadlineAt = at;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      this.#isOverdue = true;
      if (this.#openRequests > 0) this.#options.onCut?.();
      this.#onDrained?.();
    }, ms);
  }

  /** Waits for a moment in which no connection is on its way here, as far as can be seen. */
  async #acceptWaiting(longestMs: number): Promise<void> {
    if (!this.#listeners.isListening) return;
    await untilQuiet(
      () => this.#accepted,
      longestMs,
      () => this.#isOverdue,
    );
  }

  #closeIfIdle(connection: HttpConnection): void {
    if (this.#graceMs === undefined || connection.open.length > 0) return;
    void closeWhenIdle(connection, this.#graceMs);
  }

  #checkDrained(): void {
    if (this.#openRequests === 0 && this.#connections.size === 0) this.#onDrained?.();
  }

  #connected(socket: Socket): void {
    const connection = new HttpConnection(socket, this.#connectionOptions);
    this.#connections.add(connection);
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

  #parserFailed(error: ParserError, socket: Socket): void {
    const connection = HttpConnection.of(socket);
    if (connection === undefined) {
      socket.destroy();
      return;
    }
    const { unfinished, isEnding, isUnused, remoteAddress } = connection;
    if (isEnding && (unfinished === undefined || unfinished.isRefused)) {
      connection.ignoreInput();
      return;
    }
    const record = describeParserError(error, remoteAddress, this.#headTooLarge);
    if (error.code === 'HPE_INVALID_EOF_STATE') connection.endedEarly();
    else if (record === undefined) socket.destroy();
    // The time of a connection that was never used is up: browsers make such beforehand.
    else if (isUnused) connection.endBehindOpen();
    else if (unfinished === undefined) connection.refuseNext(record);
    else connection.refuseBody(unfinished, record);
  }
}
