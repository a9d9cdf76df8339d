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
  /** The most requests of one connection that are answered at once. */
  readonly limitConnectionRequests: number;
  readonly serverHeader: string | undefined;
  /** The buffer that connections read into, one after the other. */
  readonly readBuffer: Buffer;
  /** Whether what is written to `wsgi.errors` also goes to the web server, where the protocol has a way. */
  readonly sendErrors: boolean;
  /** Whether each connection ends with its next response. */
  readonly isLast: boolean;
  /** Makes the environ of a request. @returns false if the request was refused; it is answered already */
  prepare(transport: GatewayTransport, variables: GatewayVariables, connection: GatewayConnection): boolean;
  /** Calls the application. */
  run(transport: GatewayTransport, connection: GatewayConnection): void;
  /** Called with an error of the web server, for the log. */
  report(record: ClientErrorRecord): void;
  /** A connection is closed. */
  closed(connection: GatewayConnection): void;
}

/**
 * A connection that a web server has made. Each protocol extends it: it takes apart the bytes that come, calls `begin()` for each
 * request, and gives the bytes of the body to its transport.
 */
export abstract class GatewayConnection
  implements RequestConnection, WatchedConnection<GatewayTransport>, IdleConnection
{
  readonly remoteAddress: string | undefined;
  readonly limits: RequestLimits;
  readonly serverHeader: string | undefined;
  /** The requests whose application runs. */
  readonly open: GatewayTransport[] = [];
  readonly environs: GatewayEnvirons;
  sharesBuffer = true;
  readonly isMultiplexed = true;
  isLeaving = false;
  isUnused = true;
  silentMs = 0;
  /** Nothing that still comes is read as a request. */
  isEnding = false;
  protected readonly host: GatewayHost;
  /** Those that have begun in the bytes that are being read. */
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

  /** Where a connection begins without one, it is made when it is needed. */
  get socket(): Socket {
    return this.#socket ?? this.#attach(this.#handle!.toSocket());
  }

  get wire(): Socket {
    return this.socket;
  }

  #attach(socket: Socket): Socket {
    this.#socket = socket;
    socket.on('error', () => {}); // what is seen of it is the end
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

  /** Takes the first bytes. What is not over within this turn of the event loop goes on with a socket. */
  takeFirst(bytes: Buffer): void {
    this.take(bytes);
    const handle = this.#handle;
    if (handle?.isOver === false) setImmediate(() => handle.isOver || this.socket);
  }

  /** Takes bytes that have come. */
  take(bytes: Buffer): void {
    if (this.#socket?.writableEnded) return;
    this.isUnused = false;
    this.received(bytes);
    if (this.#begun.length > 0) this.#runBegun();
  }

  /** Reads the bytes that have come. The buffer is used again as soon as it returns. */
  protected abstract received(bytes: Buffer): void;

  /** Whether a part of a request has come, and nothing of it is answered. */
  protected abstract readonly isPartial: boolean;

  abstract cut(transport: GatewayTransport): void;

  /** The web server sends nothing more, which means that it has closed the connection. */
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

  /** A request whose variables have come. Its application is called when all is read that came along with them. */
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

  /** The application is done with a request. */
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

  /** Gives up on what came: there is nothing to be answered. */
  refuseNext(record: ClientErrorRecord): void {
    this.host.report({ ...record, status: 0 });
    this.isEnding = true;
    this.endWhenAnswered();
  }

  /** The bytes are not of the protocol: nothing that follows is read. */
  protected malformed(message: string): void {
    this.refuseNext(refusedRecord({ status: 0, message }, this.remoteAddress));
  }

  endBehindOpen(): void {
    this.isEnding = true;
    this.endWhenAnswered();
  }

  /** Whether the web server has sent everything that it has to send. */
  protected get isReceived(): boolean {
    return false;
  }

  /** Closes with FIN when nothing is to be sent any more: a reset would take what the web server has not read yet. */
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
    socket.resume(); // what still comes is discarded
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
