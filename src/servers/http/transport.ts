import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { endRequest } from '../../node-internals/end-request.ts';
import { isLast } from '../../node-internals/last-response.ts';
import { latin1Text } from '../../text/latin1-text.ts';
import type { Transport } from '../../wsgi/driver/transport.ts';
import { withServer } from '../../wsgi/header-list.ts';
import type { Header } from '../../wsgi/types.ts';
import type { RequestLimits } from '../request-limits.ts';
import { ServerTransport, SMALL_BLOCK_BYTES } from '../server-transport.ts';
import type { HttpConnection } from './connection/connection.ts';
import type { ResponseHeads } from './head.ts';
import type { OpenRequest } from './open-request.ts';
import { HttpBody } from './request/body.ts';
import { ENTERED_STAYS } from './request/entered-stays.ts';
import type { HttpRefusal } from './request/refusal.ts';

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

/** One request of Node's parser and its response. */
export class HttpTransport extends ServerTransport<HttpBody> implements Transport, OpenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** REMOTE_ADDR of its environ: the client's, where a proxy that is believed has said it. */
  clientAddress: string | undefined;
  /** Whether the request may have a body, which must be out of the way before the connection can go on. */
  hasRequestBody = true;
  readonly connection: HttpConnection;
  /** Others make the response. */
  #isDelegated = false;
  readonly #options: TransportOptions;
  /** Values that the application sets with `AsyncLocalStorage.enterWith()` belong to this request only. */
  #context: AsyncResource | undefined;
  /** The client waits for `100 Continue` before it sends the body. */
  #isHeldBack: boolean;
  #hasContinued = false;

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

  get method(): string {
    return this.request.method ?? '';
  }

  /** The request target, as the client sent it. */
  get target(): string {
    return this.request.url ?? '';
  }

  get httpVersion(): string {
    return this.request.httpVersion;
  }

  get client(): string | undefined {
    return this.clientAddress ?? this.connection.remoteAddress;
  }

  requestHeader(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
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

  override get isWriting(): boolean {
    return this.#isDelegated ? this.response.writableLength > 0 : super.isWriting;
  }

  get bytesReceived(): number {
    return this.body?.bytes ?? 0;
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

  end(lastBlock?: Uint8Array | string): void | Promise<void> {
    const { response } = this;
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (this.hasRequestBody) this.#skipRequestBody();
    else endRequest(this.request);
    if (lastBlock !== undefined) this.bytesSent += lastBlock.length;
    if (lastBlock instanceof Uint8Array && lastBlock.length > SMALL_BLOCK_BYTES) {
      response.end(lastBlock);
    } else {
      // Where all is sent already, an end() without a block saves a write to the socket.
      if (lastBlock !== undefined) this.sendBlock(lastBlock);
      response.end();
    }
    if (response.writableLength > 0) return this.flush();
    this.isComplete = true;
  }

  abort(): void {
    this.connection.cut(this);
  }

  protected openBody(): HttpBody {
    if (this.#isHeldBack) {
      this.#isHeldBack = false;
      if (!this.response.headersSent) {
        this.response.writeContinue();
        this.#hasContinued = true;
      }
    }
    this.body ??= new HttpBody(this.request, this.#options.limits, (refusal) => this.refuseBody(refusal));
    return this.body;
  }

  /** Its body is more than a limit allows, or ends as it must not. */
  protected refuseBody(refusal: HttpRefusal): void {
    this.connection.refuseBody(this, this.connection.recordOf(refusal));
  }

  get isBodyOutstanding(): boolean {
    return this.#isHeldBack && this.hasRequestBody && !this.request.complete;
  }

  /** Sends a block now. Node would hold it back until the next turn, and a generator may be long in making the next. */
  protected sendBlock(block: Uint8Array | string): void {
    const { response } = this;
    const { socket } = response;
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

  /** A header of the application replaces a header with the same name; cookies are added. */
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
    this.body?.discard();
    this.request.resume();
  }

  protected get isFull(): boolean {
    const { response } = this;
    return response.writableLength > 0 && response.writableNeedDrain;
  }

  protected override get isAlone(): boolean {
    return this.#options.isAlone?.() === true;
  }

  protected once(event: 'drain' | 'finish', act: () => void): void {
    this.response.once(event, act);
  }
}
