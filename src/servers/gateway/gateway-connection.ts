import type { Socket } from 'node:net';
import { AcceptedHandle } from '../../node-internals/sockets/accepted-handle.ts';
import { readInto } from '../../node-internals/sockets/read-into.ts';
import { ClientDisconnected } from '../../wsgi/errors.ts';
import type { IdleConnection } from '../closing/close-when-idle.ts';
import { CLIENT_TIMEOUT_MS, destroyAfter, FLUSH_TIMEOUT_MS } from '../closing/destroy-socket.ts';
import { plainAddress } from '../http/connection/connection-ends.ts';
import { type ClientErrorRecord, type HttpRefusal, refusedRecord } from '../http/request/refusal.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { WatchedConnection } from '../stall-watch.ts';
import { GatewayEnvirons } from './environ.ts';
import type { GatewayTransport, RequestConnection } from './gateway-transport.ts';
import type { GatewayVariables } from './gateway-variables.ts';

/** The part of a server that its connections use. */
export interface GatewayHost {
  readonly limits: RequestLimits;
  /** The limit of requests that one connection may answer at the same time. */
  readonly limitConnectionRequests: number;
  readonly serverHeader: string | undefined;
  /** The buffer for reads, which all connections share. */
  readonly readBuffer: Buffer;
  /** Whether the text of `wsgi.errors` is also sent to the web server, if the protocol supports that. */
  readonly sendErrors: boolean;
  /** Whether each connection ends with its next response. */
  readonly isLast: boolean;
  /** Makes the environ of a request. @returns false if the request was refused and therefore answered */
  prepare(transport: GatewayTransport, variables: GatewayVariables, connection: GatewayConnection): boolean;
  /** Calls the application. */
  run(transport: GatewayTransport, connection: GatewayConnection): void;
  /** Called with an error of the web server, for the log. */
  report(record: ClientErrorRecord): void;
  /** Called when a connection is closed. */
  closed(connection: GatewayConnection): void;
}

/**
 * A connection from a web server. Each protocol extends this class: it parses the received bytes, calls `begin()` for
 * each request, and passes the bytes of the body to its transport.
 */
export abstract class GatewayConnection
  implements RequestConnection, WatchedConnection<GatewayTransport>, IdleConnection
{
  readonly remoteAddress: string | undefined;
  readonly limits: RequestLimits;
  readonly serverHeader: string | undefined;
  /** The requests whose application is running. */
  readonly open: GatewayTransport[] = [];
  readonly environs: GatewayEnvirons;
  sharesBuffer = true;
  readonly isMultiplexed = true;
  isLeaving = false;
  isUnused = true;
  silentMs = 0;
  /** Whether the connection is ending. Bytes that still arrive are not read as a request. */
  isEnding = false;
  protected readonly host: GatewayHost;
  /** The requests that have begun in the bytes of the current read. */
  #begun: GatewayTransport[] = [];
  #holds = 0;
  #draining: (() => void)[] = [];
  readonly #handle: AcceptedHandle | undefined;
  #socket: Socket | undefined;

  constructor(source: Socket | AcceptedHandle, host: GatewayHost, environs = new GatewayEnvirons()) {
    this.host = host;
    this.limits = host.limits;
    this.serverHeader = host.serverHeader;
    this.environs = environs;
    if (source instanceof AcceptedHandle) {
      this.#handle = source;
    } else {
      this.remoteAddress = plainAddress(source.remoteAddress);
      this.#attach(source);
    }
  }

  /** The socket. A connection that was begun without one creates it on demand. */
  get socket(): Socket {
    return this.#socket ?? this.#attach(this.#handle!.toSocket());
  }

  get wire(): Socket {
    return this.socket;
  }

  #attach(socket: Socket): Socket {
    this.#socket = socket;
    socket.on('error', () => {}); // An error also ends the connection, and the end is handled.
    const { readBuffer } = this.host;
    this.sharesBuffer = readInto(socket, readBuffer, (length) => this.take(readBuffer.subarray(0, length)));
    if (!this.sharesBuffer) socket.on('data', (bytes: Buffer) => this.take(bytes));
    socket.on('drain', () => this.#drained());
    socket.once('end', () => this.ended());
    socket.once('close', () => {
      this.#closed();
      this.host.closed(this);
    });
    return socket;
  }

  /**
   * Takes the first bytes. If the request is not finished within this turn of the event loop, the connection continues
   * with a socket.
   */
  takeFirst(bytes: Buffer): void {
    this.take(bytes);
    const handle = this.#handle;
    if (handle?.isOver === false) setImmediate(() => handle.isOver || this.socket);
  }

  /** Takes received bytes. */
  take(bytes: Buffer): void {
    if (this.#socket?.writableEnded) return;
    this.isUnused = false;
    this.received(bytes);
    if (this.#begun.length > 0) this.#runBegun();
  }

  /** Parses received bytes. The buffer is reused as soon as this returns. */
  protected abstract received(bytes: Buffer): void;

  /** Whether a request is partly received and its answer has not begun. */
  protected abstract readonly isPartial: boolean;

  abstract cut(transport: GatewayTransport): void;

  /** Called when the web server sends nothing more, which means that it has closed the connection. */
  protected ended(): void {
    this.#closed();
    this.socket.destroy();
  }

  get isIdle(): boolean {
    return this.open.length === 0 && !this.isPartial && !this.isEnding;
  }

  get isReceivingHead(): boolean {
    return this.open.length === 0 && this.isPartial && !this.isEnding;
  }

  get isFull(): boolean {
    return this.#socket?.writableNeedDrain ?? false;
  }

  get isTaken(): boolean {
    return (this.#socket?.writableLength ?? 0) === 0;
  }

  /** Sends a text of latin-1 characters. */
  sendText(text: string): void {
    const sent = this.#socket === undefined ? this.#handle!.write(text) : 0;
    if (sent < text.length) this.socket.write(text.slice(sent), 'latin1');
  }

  whenDrained(act: () => void): void {
    this.#draining.push(act);
  }

  whenTaken(act: () => void): void {
    if (this.socket.writableEnded) this.socket.once('finish', act);
    else this.socket.write('', () => act());
  }

  holdBack(): void {
    this.#holds += 1;
    this.socket.pause();
  }

  goOn(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.socket.resume();
  }

  /**
   * Begins a request whose variables have arrived. Its application is called after the rest of the same read is parsed.
   */
  protected begin(transport: GatewayTransport, variables: GatewayVariables): void {
    if (this.host.prepare(transport, variables, this)) this.#begun.push(transport);
  }

  #runBegun(): void {
    const begun = this.#begun;
    this.#begun = [];
    for (const transport of begun) {
      if (transport.isOver) continue;
      this.open.push(transport);
      this.host.run(transport, this);
    }
  }

  /** Called when the application has finished with a request. */
  finished(transport: GatewayTransport): void {
    const place = this.open.lastIndexOf(transport);
    if (place === this.open.length - 1) this.open.pop();
    else this.open.splice(place, 1);
    this.silentMs = 0;
    if (this.isEnding) this.endWhenAnswered();
  }

  refuse(transport: GatewayTransport, refusal: Pick<HttpRefusal, 'status' | 'message'>): void {
    this.refuseBody(transport, refusedRecord(refusal, this.remoteAddress));
  }

  refuseBody(transport: GatewayTransport, record: ClientErrorRecord): void {
    if (transport.isOver) return;
    this.host.report(record);
    if (transport.hasStarted) this.cut(transport);
    else transport.refuse(record.status, record.message);
  }

  /** Discards a partly received request and closes the connection without an answer. */
  refuseNext(record: ClientErrorRecord): void {
    this.host.report({ ...record, status: 0 });
    this.isEnding = true;
    this.endWhenAnswered();
  }

  /** Called when the bytes violate the protocol. Nothing that follows is read. */
  protected malformed(message: string): void {
    this.refuseNext(refusedRecord({ status: 0, message }, this.remoteAddress));
  }

  endBehindOpen(): void {
    this.isEnding = true;
    this.endWhenAnswered();
  }

  /** Whether the web server has sent the request completely. */
  protected get isReceived(): boolean {
    return false;
  }

  /** Closes with FIN when everything is sent. A reset would discard data that the web server has not read yet. */
  protected endWhenAnswered(): void {
    if (this.open.some(({ isOver }) => !isOver)) return;
    if (this.#socket === undefined && this.isReceived) {
      this.#handle!.close();
      if (this.open.length === 0) this.host.closed(this);
      return;
    }
    const { socket } = this;
    if (socket.writableEnded || socket.destroyed) return;
    socket.setTimeout(FLUSH_TIMEOUT_MS, () => socket.destroy());
    socket.end(() => destroyAfter(socket, CLIENT_TIMEOUT_MS));
    socket.resume(); // Discards bytes that still arrive.
  }

  #drained(): void {
    const waiting = this.#draining;
    this.#draining = [];
    for (const act of waiting) act();
  }

  #closed(): void {
    this.isEnding = true;
    for (const transport of [...this.open, ...this.#begun]) transport.disconnected(new ClientDisconnected());
  }
}
