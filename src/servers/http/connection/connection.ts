import type { Socket } from 'node:net';
import { wireOf } from '../../../node-internals/wire.ts';
import { ClientDisconnected } from '../../../wsgi/errors.ts';
import type { TrustedPeers } from '../../trusted-peers.ts';
import type { OpenRequest } from '../open-request.ts';
import { checkTrailers } from '../request/body.ts';
import type { HeaderNames } from '../request/header-names.ts';
import { type ClientErrorRecord, type HttpRefusal, refusalBytes, refusedRecord } from '../request/refusal.ts';
import type { ConnectionEnds } from './connection-ends.ts';
import { HttpClosing } from './http-closing.ts';

/** How many requests of one connection are answered at once. Those behind them wait, and nothing more is read. */
const MAX_RUNNING = 16;

const NONE: readonly OpenRequest[] = [];

// A property of the socket, since it is looked up for each request, and a lookup in a Map takes longer.
const CONNECTION = Symbol('connection');

interface ServedSocket extends Socket {
  [CONNECTION]?: HttpConnection;
}

export interface ConnectionOptions {
  readonly proxies?: TrustedPeers | undefined;
  readonly onClientError?: ((record: ClientErrorRecord) => void) | undefined;
}

/**
 * One client's connection: what its requests have in common, which of them are open, and how it ends. It alone decides
 * which response is the last. Then nothing behind that is read as a request, and what was read already is never answered.
 */
export class HttpConnection {
  static of(socket: Socket): HttpConnection | undefined {
    return (socket as ServedSocket)[CONNECTION];
  }

  readonly socket: Socket;
  /** The socket below TLS; without TLS, the same as `socket`. */
  readonly wire: Socket;
  readonly ends: ConnectionEnds;
  /** Whether its peer is a proxy, whose word about the client counts. */
  readonly isBehindProxy: boolean;
  /** The requests that are to be answered, in their order: those that run, then those that wait for their turn. */
  readonly open: OpenRequest[] = [];
  /** How many bytes it came with that had been read elsewhere, which `socket.bytesRead` does not count. */
  headBytes = 0;
  /** For how long the head of its first request, or of one that has come in part, has been awaited, by the last check. */
  silentMs = 0;
  /** Whether its next response is the last. */
  isLeaving = false;
  /** Whether the client has announced that no further request follows. */
  hasClientDone = false;
  /** Those of the request before, which are mostly those of the next one. */
  headerNames: HeaderNames | undefined;
  /** The latest request that had a body. */
  withBody: OpenRequest | undefined;
  #running = 0;
  #isTakingTurns = false;
  #isHeldBack = false;
  readonly #closing: HttpClosing;
  /** How many bytes had come when the last of the open requests was answered. */
  #bytesWhenIdle: number;
  /** Ends the connection after the responses of all open requests. No further request is read. */
  #end: (() => void) | undefined;
  readonly #onClientError: ((record: ClientErrorRecord) => void) | undefined;

  constructor(socket: ServedSocket, ends: ConnectionEnds, options: ConnectionOptions) {
    const { proxies, onClientError } = options;
    this.socket = socket;
    this.wire = wireOf(socket);
    this.#closing = new HttpClosing(socket);
    this.#onClientError = onClientError;
    this.ends = ends;
    this.isBehindProxy = proxies?.has(this.remoteAddress) ?? false;
    this.#bytesWhenIdle = this.#bytesCame;
    socket[CONNECTION] = this;
  }

  /** Begins with so many bytes that were read before it was one, of which the socket may count more. */
  beginWith(bytes: number): void {
    this.headBytes = bytes - this.socket.bytesRead;
    this.#bytesWhenIdle = 0;
  }

  /** `undefined` on a Unix socket. */
  get remoteAddress(): string | undefined {
    return this.ends.remoteAddress;
  }

  /** Whether nothing has come yet, as on connections that browsers make before they have a request. */
  get isUnused(): boolean {
    return this.#bytesCame === 0;
  }

  /** Whether no request is open, and no part of one has come. */
  get isIdle(): boolean {
    return this.#isWaiting && this.bytesSinceIdle === 0;
  }

  /** Whether no request is open, and a part of one has come. */
  get isReceivingHead(): boolean {
    return this.#isWaiting && this.bytesSinceIdle > 0;
  }

  /** How many bytes have come since no request was open. */
  get bytesSinceIdle(): number {
    return this.#bytesCame - this.#bytesWhenIdle;
  }

  /** The request whose body is still to come, if its response is made already or not. */
  get unfinished(): OpenRequest | undefined {
    return [this.open.at(-1), this.withBody].find((transport) => transport?.request.complete === false);
  }

  /** Whether the response that ends the connection is known, so that nothing behind it is read as a request. */
  get isEnding(): boolean {
    return this.#end !== undefined;
  }

  /** The record of a refused request that the parser took. */
  recordOf(refusal: HttpRefusal): ClientErrorRecord {
    return refusedRecord(refusal, this.remoteAddress);
  }

  /** Adds a request, which runs as soon as not too many others do. */
  add(transport: OpenRequest, isLast: boolean): void {
    this.open.push(transport);
    if (isLast) this.endWith(transport);
    if (this.open.length > 1) {
      transport.awaitTurn();
      this.#takeTurns();
      this.holdBack();
    } else {
      this.#running = 1; // the common case, without the loop below
      transport.answer();
    }
  }

  /** Reads nothing while requests wait for their turn: each has come as a whole, and so have those before it. */
  holdBack(): void {
    if (this.open.length === this.#running) return;
    this.#isHeldBack = true;
    this.socket.pause();
  }

  finished(transport: OpenRequest): void {
    const { open } = this;
    const place = open.lastIndexOf(transport);
    if (place === -1) return; // it was dropped, and the place that it had was given away
    if (place === open.length - 1) open.pop();
    else open.splice(place, 1);
    this.#running -= 1;
    if (open.length > this.#running && !this.socket.destroyed) this.#takeTurns();
    if (open.length > 0) return;
    this.#bytesWhenIdle = this.#bytesCame;
    this.#end?.();
  }

  /** The response to this request is the last, and says so if its head is not sent yet. */
  endWith(transport: OpenRequest): void {
    transport.response.shouldKeepAlive = false;
    const place = this.open.indexOf(transport);
    if (place !== -1) this.#endAfter(place + 1, () => this.#close());
  }

  /** The open requests are answered, and the last of them says that the connection ends where it still can. */
  endWithOpen(): void {
    const last = this.open.at(-1);
    if (last !== undefined && !this.isEnding && !last.response.headersSent) this.endWith(last);
  }

  /** The client sends no further request: the open ones are answered. */
  endBehindOpen(): void {
    const { isIdle } = this;
    this.#endAfter(this.open.length, () => (isIdle ? this.#closing.closeIdle() : this.#closing.close()));
  }

  /** The client has closed its side in the middle of a request. */
  endedEarly(): void {
    const { unfinished } = this;
    if (unfinished !== undefined && this.open.includes(unfinished)) this.cut(unfinished);
    else this.endBehindOpen();
  }

  /** Node has sent a response that it knows to be the last, by a header that the handler of a framework set for one. */
  lastSent(): void {
    const due = this.open.findIndex(({ response }) => !response.writableFinished);
    this.#endAfter(due === -1 ? this.open.length : due, () => this.#close());
    this.#close();
  }

  /** Nothing reaches the client any more. */
  closed(): void {
    if (this.open.length === 0) this.#end = () => {};
    else this.#endAfter(0, () => {}, new ClientDisconnected()); // made only when needed: an error has a stack
  }

  /** Breaks this response off, when those before it are sent. */
  cut(transport: OpenRequest): void {
    const place = this.open.indexOf(transport);
    if (place !== -1) this.#cutAt(place);
  }

  /** This request is refused, with a response of its own: its body and what comes behind are discarded. */
  refuseWith(transport: OpenRequest, record: ClientErrorRecord): void {
    this.#onClientError?.(record);
    transport.isRefused = true;
    this.endWith(transport);
  }

  /** Refuses what came behind the open requests, which are left to finish. */
  refuseNext(record: ClientErrorRecord): void {
    this.#onClientError?.(record);
    this.#endAfter(this.open.length, () => this.#closing.close(refusalBytes(record)));
  }

  /** The body of this request does not come to its end as it should: no response of the application is of use. */
  refuseBody(transport: OpenRequest, record: ClientErrorRecord): void {
    const place = this.open.indexOf(transport);
    if (place === -1 && this.isEnding) {
      this.ignoreInput(); // it is not to be answered any more
      return;
    }
    this.#onClientError?.(record);
    const reason = new ClientDisconnected(`The request was refused: ${record.message}`);
    if (place === -1) {
      this.#endAfter(0, () => this.#closing.close(), reason); // its response is sent
    } else if (transport.response.headersSent) {
      this.#cutAt(place, reason);
    } else {
      transport.status = record.status;
      this.#endAfter(place, () => this.#closing.close(refusalBytes(record)), reason);
    }
  }

  /** Refuses the request before this one, if what followed its body is forbidden and nothing has read it. @returns whether it did */
  refuseForbiddenTrailer(): boolean {
    const { withBody } = this;
    const refusal = withBody && checkTrailers(withBody.request);
    this.withBody = undefined;
    if (refusal !== undefined) this.refuseBody(withBody!, this.recordOf(refusal));
    return refusal !== undefined;
  }

  /** Discards what still comes. */
  ignoreInput(): void {
    this.#closing.ignoreInput(this.open.length > 0);
  }

  get #isWaiting(): boolean {
    return this.open.length === 0 && !this.isEnding && !this.socket.destroyed;
  }

  get #bytesCame(): number {
    return this.socket.bytesRead + this.headBytes;
  }

  /** Runs the requests whose turn it is. One that is over at once may be followed by hundreds: no recursion. */
  #takeTurns(): void {
    if (this.#isTakingTurns) return;
    this.#isTakingTurns = true;
    const { open } = this;
    try {
      while (this.#running < MAX_RUNNING && this.#running < open.length) {
        const transport = open[this.#running]!;
        this.#running += 1;
        transport.answer();
      }
    } finally {
      this.#isTakingTurns = false;
    }
    if (!this.#isHeldBack || this.#running < open.length) return;
    this.#isHeldBack = false;
    this.socket.resume();
  }

  /** Answers this many of the open requests. The others are disconnected. */
  #endAfter(count: number, end: () => void, reason?: ClientDisconnected): void {
    this.#end = end;
    const dropped = count < this.open.length ? this.open.splice(count) : NONE;
    this.#running = Math.min(this.#running, count);
    if (dropped.length > 0) this.ignoreInput();
    const why = () => reason ?? new ClientDisconnected('The connection ends with an earlier response.');
    for (const transport of dropped) transport.disconnected(why());
    if (count === 0) end();
  }

  /** A reset could take the responses before with it, which the client has not read yet. */
  #cutAt(place: number, reason?: ClientDisconnected): void {
    this.#endAfter(place, place === 0 ? () => this.socket.destroy() : () => this.#closing.close(), reason);
  }

  #close(): void {
    this.#closing.closeAfter(this.unfinished, this.hasClientDone);
  }
}
