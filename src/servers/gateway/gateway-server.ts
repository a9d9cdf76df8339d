import {
  type AddressInfo,
  createServer,
  type ListenOptions,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import { drive } from '../../wsgi/driver/driver.ts';
import { ErrorStream } from '../../wsgi/environ/errors-stream.ts';
import { describeError } from '../../wsgi/errors.ts';
import type { WSGIApplication, WSGIErrors } from '../../wsgi/types.ts';
import { closeWhenIdle, destroyed, endWithNext } from '../close-when-idle.ts';
import { Deadline } from '../deadline.ts';
import { fastCgi } from '../fastcgi/fastcgi-connection.ts';
import { reportTo } from '../http/client-error-notice.ts';
import { checkContentLength } from '../http/request/limits.ts';
import { type ClientErrorRecord, HttpRefusal } from '../http/request/refusal.ts';
import { Listeners } from '../listeners.ts';
import { nowMs } from '../now-ms.ts';
import { type RequestLimits, requestLimits } from '../request-limits.ts';
import { requestsInHand } from '../requests-in-hand.ts';
import { scgi } from '../scgi/scgi-connection.ts';
import type { CloseOptions, RequestInHand, Server } from '../server.ts';
import { StallWatch } from '../stall-watch.ts';
import { TrustedPeers } from '../trusted-peers.ts';
import { untilQuiet } from '../until-quiet.ts';
import { uwsgi } from '../uwsgi/uwsgi-connection.ts';
import { checkLimits } from './check-limits.ts';
import type { GatewayEnvironDefaults } from './environ.ts';
import type { GatewayConnection, GatewayHost } from './gateway-connection.ts';
import type { GatewayProtocolName, GatewayServerOptions } from './gateway-options.ts';
import type { GatewayProtocol } from './gateway-protocol.ts';
import { GatewayResponseRecord } from './gateway-response-record.ts';
import type { GatewayTransport } from './gateway-transport.ts';
import type { GatewayVariables } from './gateway-variables.ts';

const CLOSE_TIMEOUT_MS = 30_000;
const GRACE_MS = 100;
const CONNECTION_REQUESTS = 100;
/** As much as Node reads at once. */
const READ_BYTES = 64 * 1024;

const PROTOCOLS: Readonly<Record<GatewayProtocolName, GatewayProtocol>> = { fcgi: fastCgi, scgi, uwsgi };

/**
 * A server for one application that stands behind a web server, which passes requests on by FastCGI, SCGI or uwsgi. To make
 * it, to `listen()` and to `close()` are three separate acts.
 *
 * @example
 * import { createGatewayServer } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * const server = createGatewayServer(application, { protocol: 'fcgi' });
 * await server.listen({ host: '127.0.0.1', port: 9000 });
 * await server.close();
 */
export function createGatewayServer(
  application: WSGIApplication,
  options: GatewayServerOptions,
): GatewayServer {
  return new GatewayServer(application, options);
}

/** What `createGatewayServer()` makes. */
export class GatewayServer implements Server, GatewayHost {
  readonly limits: RequestLimits;
  readonly limitConnectionRequests: number;
  readonly readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly serverHeader: string | undefined;
  readonly sendErrors: boolean;
  readonly #application: WSGIApplication;
  readonly #options: GatewayServerOptions;
  readonly #open: GatewayProtocol;
  readonly #errors: WSGIErrors;
  readonly #defaults: GatewayEnvironDefaults;
  readonly #webServers: TrustedPeers | undefined;
  readonly #onClientError: (record: ClientErrorRecord) => void;
  readonly #listeners: Listeners;
  readonly #connections = new Set<GatewayConnection>();
  readonly #stalls: StallWatch<GatewayTransport>;
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

  constructor(application: WSGIApplication, options: GatewayServerOptions) {
    this.#application = application;
    this.#options = options;
    this.#open = PROTOCOLS[options.protocol];
    this.#errors = options.errors ?? new ErrorStream((text) => process.stderr.write(text));
    this.limits = requestLimits(options);
    this.limitConnectionRequests = options.limitConnectionRequests ?? CONNECTION_REQUESTS;
    this.serverHeader = options.serverHeader;
    this.sendErrors = options.sendErrors ?? true;
    this.#defaults = {
      errors: this.#errors,
      isMultiprocess: options.isMultiprocess ?? false,
      forceScriptName: options.forceScriptName,
    };
    this.#webServers = TrustedPeers.of(options.webServerAddresses, 'webServerAddresses');
    this.#onClientError = options.onClientError ?? reportTo(this.#errors);
    this.#stalls = new StallWatch(this.#connections, options);
    const main = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#begin(socket));
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

  /** Whether each connection ends with its next response. */
  get isLast(): boolean {
    return this.#options.keepAlive === false || this.#graceMs !== undefined;
  }

  /** The requests that are being answered, those first that began first. */
  requestsInHand(most: number): RequestInHand[] {
    return requestsInHand(
      [...this.#connections].flatMap(({ open }) => open),
      most,
    );
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
    const connection = this.#begin(socket);
    if (head !== undefined && head.length > 0) connection?.take(Buffer.from(head));
    socket.resume();
  }

  /**
   * Closes so that no request is lost. Listening ends, and each connection ends with its next response. One without a
   * request has a moment in which one may still come. Web servers see a regular end.
   *
   * A second call gives the promise of the first, and may bring the end forward.
   */
  close({ timeoutMs = CLOSE_TIMEOUT_MS, graceMs = GRACE_MS }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    this.#deadline.bringForward(timeoutMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    if (this.#listeners.isListening)
      await untilQuiet(
        () => this.#accepted,
        Math.min(graceMs, GRACE_MS),
        () => this.#deadline.isOver,
      );
    this.#listeners.close();
    // Not before: a web server makes up for each connection that ends with a new one.
    this.#graceMs = graceMs;
    for (const connection of this.#connections) this.#closeIfIdle(connection);
    await new Promise<void>((resolve) => {
      if (this.#deadline.isOver) resolve();
      this.#onDrained = resolve;
      this.#checkDrained();
    });
    this.#deadline.clear();
    await Promise.all([...this.#connections].map(({ socket }) => destroyed(socket)));
  }

  #closeIfIdle(connection: GatewayConnection): void {
    if (this.#graceMs === undefined || connection.open.length > 0) return;
    void closeWhenIdle(connection, this.#graceMs);
  }

  #checkDrained(): void {
    if (this.#openRequests + this.#connections.size === 0) this.#onDrained?.();
  }

  #begin(socket: Socket): GatewayConnection | undefined {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && this.#webServers?.has(remoteAddress) === false) {
      const message = 'It is none of the web servers that may connect (webServerAddresses).';
      this.report({ kind: 'malformed', status: 0, message, remoteAddress, requestLine: undefined });
      socket.destroy();
      return undefined;
    }
    const connection = this.#open(socket, this);
    this.#connections.add(connection);
    this.#accepted += 1;
    this.#options.onConnection?.();
    this.#stalls.start();
    const { keepAliveTimeoutMs = 0 } = this.#options;
    if (keepAliveTimeoutMs > 0)
      socket.setTimeout(keepAliveTimeoutMs, () => connection.isIdle && connection.endBehindOpen());
    socket.once('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#stalls.stop();
      this.#checkDrained();
    });
    this.#closeIfIdle(connection);
    return connection;
  }

  report(record: ClientErrorRecord): void {
    this.#onClientError(record);
  }

  prepare(
    transport: GatewayTransport,
    variables: GatewayVariables,
    { environs }: GatewayConnection,
  ): boolean {
    try {
      checkLimits(variables, this.limits);
      const environ = environs.make(variables, transport, this.#defaults);
      environ['wsgi.errors'] = transport.errorsBeside(this.#errors);
      transport.environ = environ;
      const length = environ.CONTENT_LENGTH;
      checkContentLength(length, this.limits);
      if (length !== undefined) transport.expectBody(Number(length));
      return true;
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      const { status, message } = error;
      const { remoteAddress } = transport.connection;
      this.report({ kind: 'malformed', status, message, remoteAddress, requestLine: undefined });
      transport.refuse(status, message);
      return false;
    }
  }

  run(transport: GatewayTransport, connection: GatewayConnection): void {
    this.#openRequests += 1;
    const startedAt = this.#options.onResponse === undefined ? 0 : nowMs();
    drive(this.#application, transport.environ!, transport, this.#options, () =>
      this.#finished(transport, connection, startedAt),
    );
  }

  #finished(transport: GatewayTransport, connection: GatewayConnection, startedAt: number): void {
    const { onResponse, maxRequests, onMaxRequests } = this.#options;
    if (onResponse !== undefined) onResponse(new GatewayResponseRecord(transport, nowMs() - startedAt));
    connection.finished(transport);
    this.#openRequests -= 1;
    this.#endedRequests += 1;
    if (this.#endedRequests === maxRequests) onMaxRequests?.();
    if (this.#graceMs === undefined) return;
    this.#closeIfIdle(connection);
    this.#checkDrained();
  }
}
