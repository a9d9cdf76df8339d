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
  /** Called when it is a request's turn. @default requests do not wait for a turn */
  readonly onTurn?: (transport: HttpTransport) => void;
  readonly serverHeader?: string | undefined;
  /** Whether the number of bytes of each response is reported. */
  readonly isCounted?: boolean;
  /** Whether there is no other connection that would have to wait. @default unknown */
  readonly isAlone?: () => boolean;
  /**
   * Makes the response heads for our own server. Frameworks may have changed a response before, which only Node knows.
   */
  readonly heads?: ResponseHeads;
}

/** A request from Node's parser, and its response. */
export class HttpTransport extends ServerTransport<HttpBody> implements Transport, OpenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** REMOTE_ADDR of the environ: the client's address if a trusted proxy has sent it. */
  clientAddress: string | undefined;
  /** Whether the request may have a body. It must be read or discarded before the connection can continue. */
  hasRequestBody = true;
  readonly connection: HttpConnection;
  /** Whether other code makes the response. */
  #isDelegated = false;
  readonly #options: TransportOptions;
  /** Keeps values that the application sets with `AsyncLocalStorage.enterWith()` within this request. */
  #context: AsyncResource | undefined;
  /** Whether the client waits for `100 Continue` before it sends the body. */
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

  /** Whether other code may make the response. It may if this class adds nothing to Node's own behaviour. */
  get canDelegate(): boolean {
    const { serverHeader, isCounted } = this.#options;
    return !this.hasRequestBody && !this.isDisconnected && serverHeader === undefined && !isCounted;
  }

  /** Called when other code makes the response from now on. */
  delegate(): void {
    this.#isDelegated = true;
  }

  /** Called when that code has failed before it has sent anything. The response then begins again. */
  takeBack(): void {
    this.#isDelegated = false;
    for (const name of this.response.getHeaderNames()) this.response.removeHeader(name);
  }

  /**
   * Captures the async context of the request's arrival. When its turn comes, the current context is that of another
   * request.
   */
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
    // After an interim status the client would wait for a final one, which does not come. And a client may send a body
    // without waiting for `100 Continue`.
    if (status < 200 || this.isBodyOutstanding) this.connection.endWith(this);
    this.headers = withServer(headers, this.#options.serverHeader);
    this.#writeStart(status, reason, this.headers);
    // Otherwise Node would send the head before data that waits for its turn, and `100 Continue` after it.
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
      // If everything is already sent, an end() without a block saves a write to the socket.
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

  /** Called if the body is larger than a limit, or has a forbidden trailer. */
  protected refuseBody(refusal: HttpRefusal): void {
    this.connection.refuseBody(this, this.connection.recordOf(refusal));
  }

  get isBodyOutstanding(): boolean {
    return this.#isHeldBack && this.hasRequestBody && !this.request.complete;
  }

  /**
   * Sends a block immediately. Node would wait until the next turn, and a generator may need a long time for the next
   * block.
   */
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
      // Other code may have set and removed headers, which only Node knows. Node then does not accept headers as pairs.
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

  /** Discards the unread rest of the request's body. */
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
