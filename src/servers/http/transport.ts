import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { endRequest } from '../../node-internals/end-request.ts';
import { isLast } from '../../node-internals/last-response.ts';
import { latin1Text } from '../../text/latin1-text.ts';
import type { Transport } from '../../wsgi/driver/transport.ts';
import { ClientPresence } from '../../wsgi/environ/client-presence.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import type { ClientDisconnected } from '../../wsgi/errors.ts';
import { withServer } from '../../wsgi/header-list.ts';
import type { Environ, Header } from '../../wsgi/types.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { HttpConnection } from './connection/connection.ts';
import type { ResponseHeads } from './head.ts';
import type { OpenRequest } from './open-request.ts';
import { HttpBody } from './request/body.ts';
import { ENTERED_STAYS } from './request/entered-stays.ts';
import type { HttpRefusal } from './request/refusal.ts';

/** A block of up to this size is sent as a string, which Node joins to the head: one buffer to write in place of two. */
const SMALL_BLOCK_BYTES = 8 * 1024;
/** A response that never has to wait lets the loop have a turn after so many blocks. */
const BLOCKS_PER_TURN = 64;
/**
 * And after so many bytes, when there are other connections. One that sends more at once fills the system's buffers with
 * memory that no cache holds any more: the kernel takes twice the time to copy it.
 */
const BYTES_PER_TURN = 256 * 1024;

export interface TransportOptions {
  readonly limits: RequestLimits;
  /** Answers a request whose turn has come. @default none has to wait for a turn */
  readonly onTurn?: (transport: HttpTransport) => void;
  readonly serverHeader?: string | undefined;
  /** Whether the bytes of each response are reported. */
  readonly isCounted?: boolean;
  /** Whether there is no other connection that could wait. @default unknown */
  readonly isAlone?: () => boolean;
  /** Makes the heads, for our server. What a framework has done to a response before is known to Node alone. */
  readonly heads?: ResponseHeads;
}

/** One request of Node's parser and its response: the driver's way to the client, and the source of the input. */
export class HttpTransport extends ClientPresence implements Transport, ByteSource, OpenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedAt = Date.now();
  /** What the application is called with. */
  environ: Environ | undefined;
  status = 0;
  /** Those of the response. */
  headers: readonly Header[] = [];
  bytesSent = 0;
  /** Whether all of the response has been handed to the system. */
  isComplete = false;
  isRefused = false;
  /** REMOTE_ADDR of its environ: the client's, where a proxy that is believed has said it. */
  clientAddress: string | undefined;
  /** Whether the request may have a body, which must be out of the way before the connection can go on. */
  hasRequestBody = true;
  readonly connection: HttpConnection;
  /** Others make the response. */
  #isDelegated = false;
  readonly #options: TransportOptions;
  /** What the application sets by `AsyncLocalStorage.enterWith()` is for this request alone. */
  #context: AsyncResource | undefined;
  /** The client waits for `100 Continue` before it sends the body. */
  #isHeldBack: boolean;
  #hasContinued = false;
  #body: HttpBody | undefined;
  #blocksInTurn = 0;
  #bytesInTurn = 0;
  #flushing: Set<(error: ClientDisconnected) => void> | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    connection: HttpConnection,
    isHeldBack: boolean,
    options: TransportOptions,
  ) {
    super();
    this.request = request;
    this.response = response;
    this.connection = connection;
    this.#isHeldBack = isHeldBack;
    this.#options = options;
    if (ENTERED_STAYS) this.awaitTurn();
  }

  /** Whether others may make the response, with none of what is done here beside what Node does. */
  get canDelegate(): boolean {
    const { serverHeader, isCounted } = this.#options;
    return !this.hasRequestBody && !this.isDisconnected && serverHeader === undefined && !isCounted;
  }

  /** Others make the response from here on. */
  delegate(): void {
    this.#isDelegated = true;
  }

  /** They have failed, and nothing of the response is sent: it is begun anew. */
  takeBack(): void {
    this.#isDelegated = false;
    for (const name of this.response.getHeaderNames()) this.response.removeHeader(name);
  }

  /** Keeps the context in which the request came: when its turn comes, the one of another request is current. */
  awaitTurn(): void {
    this.#context ??= new AsyncResource('startproject.request');
  }

  answer(): void {
    const { onTurn } = this.#options;
    if (this.#context === undefined) onTurn?.(this);
    else if (onTurn !== undefined) this.#context.runInAsyncScope(onTurn, undefined, this);
  }

  override get isRequestReceived(): boolean {
    return this.request.complete;
  }

  get isReading(): boolean {
    return this.#body?.isWaiting ?? false;
  }

  get isWriting(): boolean {
    if (this.#isDelegated) return this.response.writableLength > 0;
    return this.#flushing !== undefined && this.#flushing.size > 0;
  }

  get bytesReceived(): number {
    return this.#body?.bytes ?? 0;
  }

  pull(): Uint8Array | null | Promise<Uint8Array | null> {
    return this.isDisconnected ? Promise.reject(this.departure) : this.#openBody().pull();
  }

  rest(): Promise<readonly Uint8Array[]> {
    return this.isDisconnected ? Promise.reject(this.departure) : this.#openBody().rest();
  }

  start(status: number, reason: string, headers: readonly Header[]): void {
    if (this.isDisconnected) return;
    this.status = status;
    // After an interim status the client would wait for the final one, which does not come. And a body that was not asked
    // for may come all the same.
    if (status < 200 || this.isBodyOutstanding) this.connection.endWith(this);
    this.headers = withServer(headers, this.#options.serverHeader);
    this.#writeStart(status, reason, this.headers);
    // Node would put a head before all that waits for its turn, and `100 Continue` behind it.
    if (this.#hasContinued) this.response.flushHeaders();
  }

  #writeStart(status: number, reason: string, all: readonly Header[]): void {
    const { response } = this;
    const isBeside = response.getHeaderNames().length > 0;
    if (!isBeside && this.#options.heads?.give(response, status, reason, all)) return;
    if (isBeside) this.#startBeside(status, reason, all);
    else this.#writeHead(status, reason, all);
    if (isLast(response)) this.connection.endWith(this);
  }

  write(block: Uint8Array | string): void | Promise<void> {
    const { response } = this;
    if (this.isDisconnected) return Promise.reject(this.departure);
    this.#send(block);
    if (response.writableLength > 0 && response.writableNeedDrain) return this.#until('drain');
    this.#blocksInTurn += 1;
    this.#bytesInTurn += block.length;
    const isFair = this.#bytesInTurn < BYTES_PER_TURN || this.#options.isAlone?.() === true;
    if (isFair && this.#blocksInTurn < BLOCKS_PER_TURN) return;
    this.#blocksInTurn = 0;
    this.#bytesInTurn = 0;
    return nextTurn();
  }

  end(lastBlock?: Uint8Array | string): void | Promise<void> {
    const { response } = this;
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (this.hasRequestBody) {
      this.#skipRequestBody();
    } else {
      endRequest(this.request);
    }
    if (lastBlock instanceof Uint8Array && lastBlock.length > SMALL_BLOCK_BYTES) {
      this.bytesSent += lastBlock.length;
      response.end(lastBlock);
    } else {
      // Where all is sent already, an end() without a block saves a write to the socket.
      if (lastBlock !== undefined) this.#send(lastBlock);
      response.end();
    }
    if (response.writableLength > 0) return this.#flush();
    this.isComplete = true;
  }

  abort(): void {
    this.connection.cut(this);
  }

  disconnected(error?: ClientDisconnected): void {
    this.depart(error);
    this.#body?.fail(this.departure);
    for (const reject of this.#flushing ?? []) reject(this.departure);
  }

  #openBody(): HttpBody {
    if (this.#isHeldBack) {
      this.#isHeldBack = false;
      if (!this.response.headersSent) {
        this.response.writeContinue();
        this.#hasContinued = true;
      }
    }
    this.#body ??= new HttpBody(this.request, this.#options.limits, (refusal) => this.refuseBody(refusal));
    return this.#body;
  }

  /** Its body is more than a limit allows, or ends as it must not. */
  protected refuseBody(refusal: HttpRefusal): void {
    this.connection.refuseBody(this, this.connection.recordOf(refusal));
  }

  get isBodyOutstanding(): boolean {
    return this.#isHeldBack && this.hasRequestBody && !this.request.complete;
  }

  /** Sends a block now. Node would hold it back until the next turn, and a generator may be long in making the next. */
  #send(block: Uint8Array | string): void {
    const { response } = this;
    const { socket } = response;
    this.bytesSent += block.length;
    socket?.cork();
    if (typeof block === 'string') response.write(block, 'latin1');
    else if (block.length <= SMALL_BLOCK_BYTES) response.write(latin1Text(block), 'latin1');
    else response.write(block);
    socket?.uncork();
  }

  #writeHead(status: number, reason: string, headers: readonly Header[]): void {
    try {
      this.response.writeHead(status, reason, headers as unknown as string[][]);
    } catch {
      // Others have set headers and taken them back, which only Node knows: then it takes none in pairs.
      this.#startBeside(status, reason, headers);
    }
  }

  /** What the application sets takes the place of what others have set, but for cookies, which add up. */
  #startBeside(status: number, reason: string, headers: readonly Header[]): void {
    const { response } = this;
    const seen = new Set(['set-cookie']);
    for (const [name, value] of headers) {
      const lower = name.toLowerCase();
      if (seen.has(lower)) response.appendHeader(name, value);
      else response.setHeader(name, value);
      seen.add(lower);
    }
    response.writeHead(status, reason);
  }

  /** Throws away what was not read of the request's body. */
  #skipRequestBody(): void {
    if (this.request.readableEnded) return;
    this.#body?.fail(new Error('The response has ended, and what was left of wsgi.input was thrown away.'));
    this.request.resume();
  }

  async #flush(): Promise<void> {
    if (this.response.writableLength > 0) await this.#until('finish');
    this.isComplete = true;
  }

  #until(event: 'drain' | 'finish'): Promise<void> {
    this.#flushing ??= new Set();
    const flushing = this.#flushing;
    return new Promise((resolve, reject) => {
      if (this.isDisconnected) return reject(this.departure);
      flushing.add(reject);
      this.response.once(event, () => {
        flushing.delete(reject);
        resolve();
      });
    });
  }
}
