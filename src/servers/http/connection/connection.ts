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

/** The limit of requests that a connection answers at the same time. Further ones wait, and nothing more is read. */
const MAX_RUNNING = 16;

const NONE: readonly OpenRequest[] = [];

// A property of the socket, since it is read for each request, and a lookup in a Map is slower.
const CONNECTION = Symbol('connection');

interface ServedSocket extends Socket {
  [CONNECTION]?: HttpConnection;
}

export interface ConnectionOptions {
  readonly proxies?: TrustedPeers | undefined;
  readonly onClientError?: ((record: ClientErrorRecord) => void) | undefined;
}

/**
 * A client's connection: its open requests, the data that they share, and its end. Only this class decides which
 * response is the last. After that decision, nothing more is read as a request, and requests that were already read are
 * never answered.
 */
export class HttpConnection {
  static of(socket: Socket): HttpConnection | undefined {
    return (socket as ServedSocket)[CONNECTION];
  }

  readonly socket: Socket;
  /** The socket below TLS; without TLS, the same as `socket`. */
  readonly wire: Socket;
  readonly ends: ConnectionEnds;
  /** Whether the peer is a trusted proxy, whose headers describe the client. */
  readonly isBehindProxy: boolean;
  /** The requests without a complete response, in order: first those that run, then those that wait for their turn. */
  readonly open: OpenRequest[] = [];
  /** The number of bytes that were read elsewhere before, which `socket.bytesRead` does not include. */
  headBytes = 0;
  /** How long the head of the first request, or of a partly received one, has been awaited at the last check. */
  silentMs = 0;
  /** Whether the connection ends with its next response. */
  isLeaving = false;
  /** Whether the client has announced that no further request follows. */
  hasClientDone = false;
  /** The header names of the last request. The next request mostly has the same ones. */
  headerNames: HeaderNames | undefined;
  /** The latest request that had a body. */
  withBody: OpenRequest | undefined;
  #running = 0;
  #isTakingTurns = false;
  #isHeldBack = false;
  readonly #closing: HttpClosing;
  /** The number of received bytes at the time when the last open request was answered. */
  #bytesWhenIdle: number;
  /** Ends the connection after the responses to all open requests. No further request is read. */
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

  /** Sets the number of bytes that were read elsewhere. The socket may count some of them itself. */
  beginWith(bytes: number): void {
    this.headBytes = bytes - this.socket.bytesRead;
    this.#bytesWhenIdle = 0;
  }

  /** `undefined` on a Unix socket. */
  get remoteAddress(): string | undefined {
    return this.ends.remoteAddress;
  }

  /** Whether nothing has arrived yet. Browsers open connections before they need them. */
  get isUnused(): boolean {
    return this.#bytesCame === 0;
  }

  /** Whether no request is open and no bytes of another one have arrived. */
  get isIdle(): boolean {
    return this.#isWaiting && this.bytesSinceIdle === 0;
  }

  /** Whether no request is open, but some bytes of another one have arrived. */
  get isReceivingHead(): boolean {
    return this.#isWaiting && this.bytesSinceIdle > 0;
  }

  /** The number of bytes that have arrived since the last open request was answered. */
  get bytesSinceIdle(): number {
    return this.#bytesCame - this.#bytesWhenIdle;
  }

  /** The request whose body is incomplete, whether or not its response is complete. */
  get unfinished(): OpenRequest | undefined {
    return [this.open.at(-1), this.withBody].find((transport) => transport?.request.complete === false);
  }

  /** Whether the last response is decided, so that nothing after its request is read as a request. */
  get isEnding(): boolean {
    return this.#end !== undefined;
  }

  /** The record of a refused request that the parser has accepted. */
  recordOf(refusal: HttpRefusal): ClientErrorRecord {
    return refusedRecord(refusal, this.remoteAddress);
  }

  /** Adds a request. It runs as soon as fewer than the limit are running. */
  add(transport: OpenRequest, isLast: boolean): void {
    this.open.push(transport);
    if (isLast) this.endWith(transport);
    if (this.open.length > 1) {
      transport.awaitTurn();
      this.#takeTurns();
      this.holdBack();
    } else {
      this.#running = 1; // The common case, without the loop below.
      transport.answer();
    }
  }

  /** Stops reading while requests wait for their turn. These requests and those before them are completely received. */
  holdBack(): void {
    if (this.open.length === this.#running) return;
    this.#isHeldBack = true;
    this.socket.pause();
  }

  finished(transport: OpenRequest): void {
    const { open } = this;
    const place = open.lastIndexOf(transport);
    if (place === -1) return; // The request was already dropped, and no longer has a place.
    if (place === open.length - 1) open.pop();
    else open.splice(place, 1);
    this.#running -= 1;
    if (open.length > this.#running && !this.socket.destroyed) this.#takeTurns();
    if (open.length > 0) return;
    this.#bytesWhenIdle = this.#bytesCame;
    this.#end?.();
  }

  /** Makes the response to this request the last one. If its head is not sent yet, it contains `Connection: close`. */
  endWith(transport: OpenRequest): void {
    transport.response.shouldKeepAlive = false;
    const place = this.open.indexOf(transport);
    if (place !== -1) this.#endAfter(place + 1, () => this.#close());
  }

  /** Answers the open requests and then ends. If possible, the last response contains `Connection: close`. */
  endWithOpen(): void {
    const last = this.open.at(-1);
    if (last !== undefined && !this.isEnding && !last.response.headersSent) this.endWith(last);
  }

  /** Answers the open requests and then ends, since the client sends no further request. */
  endBehindOpen(): void {
    const { isIdle } = this;
    this.#endAfter(this.open.length, () => (isIdle ? this.#closing.closeIdle() : this.#closing.close()));
  }

  /** Called when the client has closed its side in the middle of a request. */
  endedEarly(): void {
    const { unfinished } = this;
    if (unfinished !== undefined && this.open.includes(unfinished)) this.cut(unfinished);
    else this.endBehindOpen();
  }

  /** Called when Node has sent a response that it treats as the last one, for example because of a header. */
  lastSent(): void {
    const due = this.open.findIndex(({ response }) => !response.writableFinished);
    this.#endAfter(due === -1 ? this.open.length : due, () => this.#close());
    this.#close();
  }

  /** Called when the client can receive nothing more. */
  closed(): void {
    if (this.open.length === 0) this.#end = () => {};
    else this.#endAfter(0, () => {}, new ClientDisconnected()); // Made only when it is needed, since making an error captures a stack.
  }

  /** Cuts this response after the responses before it are sent. */
  cut(transport: OpenRequest): void {
    const place = this.open.indexOf(transport);
    if (place !== -1) this.#cutAt(place);
  }

  /** Refuses this request with a response of the server. Its body and all following bytes are discarded. */
  refuseWith(transport: OpenRequest, record: ClientErrorRecord): void {
    this.#onClientError?.(record);
    transport.isRefused = true;
    this.endWith(transport);
  }

  /** Refuses the bytes after the open requests. The open requests are answered normally. */
  refuseNext(record: ClientErrorRecord): void {
    this.#onClientError?.(record);
    this.#endAfter(this.open.length, () => this.#closing.close(refusalBytes(record)));
  }

  /** Refuses a request whose body is invalid. A response of the application would be of no use. */
  refuseBody(transport: OpenRequest, record: ClientErrorRecord): void {
    const place = this.open.indexOf(transport);
    if (place === -1 && this.isEnding) {
      this.ignoreInput(); // The request will not be answered any more.
      return;
    }
    this.#onClientError?.(record);
    const reason = new ClientDisconnected(`The request was refused: ${record.message}`);
    if (place === -1) {
      this.#endAfter(0, () => this.#closing.close(), reason); // The response is already sent.
    } else if (transport.response.headersSent) {
      this.#cutAt(place, reason);
    } else {
      transport.status = record.status;
      this.#endAfter(place, () => this.#closing.close(refusalBytes(record)), reason);
    }
  }

  /** Refuses the last request if its unread body ends with a forbidden trailer. @returns whether it was refused */
  refuseForbiddenTrailer(): boolean {
    const { withBody } = this;
    const refusal = withBody && checkTrailers(withBody.request);
    this.withBody = undefined;
    if (refusal !== undefined) this.refuseBody(withBody!, this.recordOf(refusal));
    return refusal !== undefined;
  }

  /** Discards bytes that still arrive. */
  ignoreInput(): void {
    this.#closing.ignoreInput(this.open.length > 0);
  }

  get #isWaiting(): boolean {
    return this.open.length === 0 && !this.isEnding && !this.socket.destroyed;
  }

  get #bytesCame(): number {
    return this.socket.bytesRead + this.headBytes;
  }

  /** Runs the requests whose turn it is. A loop, since hundreds of requests that end immediately may follow. */
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

  /** Answers this number of the open requests. The others are disconnected. */
  #endAfter(count: number, end: () => void, reason?: ClientDisconnected): void {
    this.#end = end;
    const dropped = count < this.open.length ? this.open.splice(count) : NONE;
    this.#running = Math.min(this.#running, count);
    if (dropped.length > 0) this.ignoreInput();
    const why = () => reason ?? new ClientDisconnected('The connection ends with an earlier response.');
    for (const transport of dropped) transport.disconnected(why());
    if (count === 0) end();
  }

  /** Cuts a response without a reset, which could also destroy earlier responses that the client has not read yet. */
  #cutAt(place: number, reason?: ClientDisconnected): void {
    this.#endAfter(place, place === 0 ? () => this.socket.destroy() : () => this.#closing.close(), reason);
  }

  #close(): void {
    this.#closing.closeAfter(this.unfinished, this.hasClientDone);
  }
}
