import type { AddressInfo, ListenOptions, Server as NetServer } from 'node:net';
import { ErrorStream } from '../wsgi/environ/errors-stream.ts';
import type { WSGIErrors } from '../wsgi/types.ts';
import { closeWhenIdle, endWithNext, type IdleConnection } from './closing/close-when-idle.ts';
import { Deadline } from './closing/deadline.ts';
import { destroyed } from './closing/destroy-socket.ts';
import { untilQuiet } from './closing/until-quiet.ts';
import type { SharedOptions } from './gateway/gateway-options.ts';
import { reportTo } from './http/client-error-notice.ts';
import type { ClientErrorRecord } from './http/request/refusal.ts';
import type { Listeners } from './listeners.ts';
import { nowMs } from './now-ms.ts';
import { type RequestLimitOptions, type RequestLimits, requestLimits } from './request-limits.ts';
import { type OpenRequestFacts, requestsInHand } from './requests-in-hand.ts';
import { TransportRecord } from './response-record.ts';
import type { CloseOptions, RequestInHand, Server } from './server.ts';
import type { ServerTransport } from './server-transport.ts';
import { StallWatch, type WatchedConnection, type WatchedRequest } from './stall-watch.ts';

const CLOSE_TIMEOUT_MS = 30_000;
const GRACE_MS = 100;

type ServedRequest = WatchedRequest & OpenRequestFacts;

interface ServedConnection<R extends ServedRequest> extends WatchedConnection<R>, IdleConnection {
  /** Called when the application has finished with a request. */
  finished(request: R): void;
}

/** The base of all servers: listens, counts connections and requests, and closes without losing a request. */
export abstract class ConnectionServer<R extends ServedRequest, C extends ServedConnection<R>>
  implements Server
{
  /** The listening sockets. */
  protected abstract readonly listeners: Listeners;
  protected readonly openConnections: ReadonlySet<C>;
  protected readonly limits: RequestLimits;
  protected readonly errors: WSGIErrors;
  protected readonly onClientError: (record: ClientErrorRecord) => void;
  readonly #connections = new Set<C>();
  readonly #options: SharedOptions;
  readonly #stalls: StallWatch<R>;
  #accepted = 0;
  #openRequests = 0;
  #endedRequests = 0;
  /** How long idle connections are kept while the server closes. Undefined until it starts to close. */
  #graceMs: number | undefined;
  #closing: Promise<void> | undefined;
  readonly #deadline = new Deadline(() => {
    if (this.#openRequests > 0) this.#options.onCut?.();
    this.#onDrained?.();
  });
  #onDrained: (() => void) | undefined;

  constructor(options: SharedOptions & RequestLimitOptions) {
    this.#options = options;
    this.limits = requestLimits(options);
    this.errors = options.errors ?? new ErrorStream((text) => process.stderr.write(text));
    this.onClientError = options.onClientError ?? reportTo(this.errors);
    this.openConnections = this.#connections;
    this.#stalls = new StallWatch(this.#connections, options);
  }

  /** The number of requests that are being answered. */
  get openRequests(): number {
    return this.#openRequests;
  }

  /** The number of requests that were answered or cut. */
  get endedRequests(): number {
    return this.#endedRequests;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Whether each connection ends with its next response. */
  get isLast(): boolean {
    return this.#options.keepAlive === false || this.#graceMs !== undefined;
  }

  /** The requests that are being answered, the oldest first. */
  requestsInHand(most: number): RequestInHand[] {
    return requestsInHand(
      [...this.#connections].flatMap(({ open }) => open),
      most,
    );
  }

  /**
   * Listens on a host and port, a path, a file descriptor, or on a server's socket that another process sent. A second
   * call adds a listening socket.
   *
   * @param backlog The length of the kernel's queue for a socket that another process sent. @default 511
   */
  listen(target: ListenOptions | NetServer, backlog?: number): Promise<AddressInfo | string> {
    return this.listeners.listen(target, backlog);
  }

  /** Stops listening until `listen()` is called again. Accepted connections continue. */
  stopListening(): void {
    this.listeners.close();
  }

  /**
   * Ends this number of connections, each with its next response. Open connections that were selected before are
   * included in the number.
   */
  shed(connections: number): void {
    endWithNext(this.#connections, connections);
  }

  abstract accept(socket: C['socket'], head?: Uint8Array): void;

  /**
   * Closes without losing a request. Listening ends, and each connection ends with its next response. A connection
   * without a request stays open for a short time, since a request may still arrive. Clients and web servers get a
   * regular end of the connection.
   *
   * A second call returns the promise of the first, and may set an earlier deadline.
   */
  close({ timeoutMs = CLOSE_TIMEOUT_MS, graceMs = GRACE_MS }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    this.#deadline.bringForward(timeoutMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    if (this.listeners.isListening)
      await untilQuiet(
        () => this.#accepted,
        Math.min(graceMs, GRACE_MS),
        () => this.#deadline.isOver,
      );
    this.listeners.close();
    // Only after listening has ended: a proxy replaces each closed connection by a new one.
    this.#graceMs = graceMs;
    this.closingBegan(graceMs);
    for (const connection of this.#connections) this.#closeIfIdle(connection);
    await new Promise<void>((resolve) => {
      if (this.#deadline.isOver) resolve();
      this.#onDrained = resolve;
      this.checkDrained();
    });
    this.#deadline.clear();
    this.closingEnded();
    await Promise.all([...this.#connections].map(({ socket }) => destroyed(socket)));
  }

  #closeIfIdle(connection: C): void {
    if (this.#graceMs === undefined || connection.open.length > 0) return;
    void closeWhenIdle(connection, this.#graceMs);
  }

  /** The number of connections that are not counted yet, for example during a TLS handshake. */
  protected get entering(): number {
    return 0;
  }

  /** Called when listening has ended, before idle connections are closed. */
  protected closingBegan(_graceMs: number): void {}

  /** Called when all connections have ended, or at the deadline. */
  protected closingEnded(): void {}

  protected connectionBegan(connection: C): void {
    this.#connections.add(connection);
    this.#accepted += 1;
    this.#options.onConnection?.();
    this.#stalls.start();
  }

  /** Called when a connection is ready for requests. */
  protected connectionReady(connection: C): void {
    this.#closeIfIdle(connection);
  }

  protected connectionEnded(connection: C): void {
    this.#connections.delete(connection);
    this.checkDrained();
  }

  /** @returns a function that must be called when the application has finished with the request */
  protected requestBegan(request: R & ServerTransport, connection: C): () => void {
    this.#openRequests += 1;
    const startedAt = this.#options.onResponse === undefined ? 0 : nowMs();
    return () => this.#requestEnded(request, connection, startedAt);
  }

  #requestEnded(request: R & ServerTransport, connection: C, startedAt: number): void {
    const { onResponse, maxRequests, onMaxRequests } = this.#options;
    if (onResponse !== undefined) onResponse(new TransportRecord(request, nowMs() - startedAt));
    connection.finished(request);
    this.#openRequests -= 1;
    this.#endedRequests += 1;
    if (this.#endedRequests === maxRequests) onMaxRequests?.();
    if (this.#graceMs === undefined) return;
    this.#closeIfIdle(connection);
    this.checkDrained();
  }

  protected checkDrained(): void {
    if (this.#onDrained === undefined) return;
    if (this.#openRequests + this.#connections.size + this.entering === 0) this.#onDrained();
  }
}
