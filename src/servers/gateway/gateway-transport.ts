import { AsyncResource } from 'node:async_hooks';
import { STATUS_CODES } from 'node:http';
import type { Transport } from '../../wsgi/driver/transport.ts';
import { cgiName } from '../../wsgi/environ/cgi-names.ts';
import { ClientDisconnected } from '../../wsgi/errors.ts';
import { withServer } from '../../wsgi/header-list.ts';
import type { Header, WSGIErrors } from '../../wsgi/types.ts';
import { bodyTooLarge } from '../http/request/limits.ts';
import { HttpRefusal } from '../http/request/refusal.ts';
import type { RequestLimits } from '../request-limits.ts';
import { ServerTransport } from '../server-transport.ts';
import { type BodyFlow, GatewayBody } from './gateway-body.ts';

/** The part of its connection that a request uses. */
export interface RequestConnection extends BodyFlow {
  readonly remoteAddress: string | undefined;
  /** Whether the buffer of the socket is full, so that the response must wait. */
  readonly isFull: boolean;
  /** Whether the system has accepted everything that was sent. */
  readonly isTaken: boolean;
  /** The `Server` header of responses that have none. */
  readonly serverHeader: string | undefined;
  readonly limits: RequestLimits;
  /** Whether the received bytes are in a shared buffer that the next read overwrites. */
  readonly sharesBuffer: boolean;
  /** Calls `act` when the socket accepts more data. */
  whenDrained(act: () => void): void;
  /** Calls `act` when the system has accepted everything that was sent so far. */
  whenTaken(act: () => void): void;
  /** Refuses a request. If its response has begun, cuts it. */
  refuse(transport: GatewayTransport, refusal: HttpRefusal): void;
  /** Cuts a response in a way that the web server detects as an error. */
  cut(transport: GatewayTransport): void;
}

/** One request from a web server, and its response, in any of the protocols. */
export abstract class GatewayTransport extends ServerTransport<GatewayBody> implements Transport {
  readonly connection: RequestConnection;
  /**
   * The async context of the application. Values that it sets by `AsyncLocalStorage.enterWith()` are valid for this
   * request only. Otherwise, Node 20 and 22 pass them to the next request of the connection, and every Node version to
   * the next request in the same received bytes.
   */
  readonly context = new AsyncResource('startproject.request');
  /** The number of received bytes of the body. */
  bytesReceived = 0;
  /** Whether the response is completely sent or was cut. */
  isOver = false;
  /** The expected length of the body, from CONTENT_LENGTH. */
  #bodyLength: number | undefined;
  #isBodyEnded = false;
  /** The response head, until it is sent together with the first block. */
  #head = '';
  #hasStarted = false;

  constructor(connection: RequestConnection) {
    super();
    this.connection = connection;
  }

  override get isRequestReceived(): boolean {
    return this.#isBodyEnded;
  }

  /** Whether the response head was sent. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  get method(): string {
    return this.environ?.REQUEST_METHOD ?? '';
  }

  /** The request target, according to the web server. */
  get target(): string {
    const { environ } = this;
    const target = environ?.REQUEST_URI;
    return typeof target === 'string' ? target : `${environ?.SCRIPT_NAME ?? ''}${environ?.PATH_INFO ?? ''}`;
  }

  /** The address of the client, according to the web server. */
  get client(): string | undefined {
    return (this.environ?.REMOTE_ADDR as string | undefined) || this.connection.remoteAddress;
  }

  get httpVersion(): string {
    return (this.#variable('SERVER_PROTOCOL') ?? '').replace('HTTP/', '');
  }

  requestHeader(name: string): string | undefined {
    const key = cgiName(name);
    return key && this.#variable(key);
  }

  /** Sets the expected length of the body before its first byte arrives. */
  expectBody(length: number): void {
    this.#bodyLength = length;
    if (length === 0) this.#endBody();
  }

  /** Takes bytes of the body. Bytes beyond CONTENT_LENGTH are not part of it. */
  receiveBody(bytes: Uint8Array): void {
    if (this.#isBodyEnded || this.isOver || this.isDisconnected) return;
    const room = (this.#bodyLength ?? Number.POSITIVE_INFINITY) - this.bytesReceived;
    const block = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (block.length === 0) return;
    this.bytesReceived += block.length;
    const { limits } = this.connection;
    if (this.bytesReceived > limits.body) {
      this.connection.refuse(this, bodyTooLarge(limits));
      return;
    }
    this.body ??= new GatewayBody(this.connection);
    this.body.receive(this.connection.sharesBuffer ? Buffer.from(block) : block);
    if (this.bytesReceived === this.#bodyLength) this.#endBody();
  }

  /** Called when no more bytes of the body arrive. */
  endBody(): void {
    if (this.#isBodyEnded || this.isOver || this.isDisconnected) return;
    const missing = (this.#bodyLength ?? 0) - this.bytesReceived;
    if (missing > 0) this.connection.refuse(this, bodyTooShort(missing));
    else this.#endBody();
  }

  #endBody(): void {
    this.#isBodyEnded = true;
    this.body?.end();
  }

  start(status: number, reason: string, headers: readonly Header[]): void {
    if (this.isDisconnected) return;
    this.status = status;
    this.headers = withServer(headers, this.connection.serverHeader);
    this.#head = this.headOf(status, reason, this.headers);
  }

  end(lastBlock?: Uint8Array | string): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (lastBlock !== undefined) this.bytesSent += lastBlock.length;
    this.#finishWith(lastBlock);
    if (!this.connection.isTaken) return this.flush();
    this.isComplete = true;
  }

  abort(): void {
    this.connection.cut(this);
  }

  /** Answers instead of the application. From then on, the client counts as disconnected. */
  refuse(status: number, message: string): void {
    this.isRefused = true;
    const body = `${message}\n`;
    const reason = this.suspect(new ClientDisconnected(`The request was refused: ${message}`));
    this.body?.fail(reason);
    this.start(status, STATUS_CODES[status] ?? '', [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', String(body.length)],
    ]);
    this.#finishWith(this.environ?.REQUEST_METHOD === 'HEAD' ? undefined : body);
    this.disconnected(reason);
  }

  override disconnected(error?: ClientDisconnected): void {
    if (this.isDisconnected) return;
    this.isOver = true;
    super.disconnected(error);
  }

  /** `wsgi.errors`. If the protocol supports it, the text is also written to the log of the web server. */
  errorsBeside(log: WSGIErrors): WSGIErrors {
    return log;
  }

  /** The head of a response in the format of the protocol. */
  protected abstract headOf(status: number, reason: string, headers: readonly Header[]): string;

  /** Sends a head that may be empty, a block, and the end of the response. Small parts are sent in one write. */
  protected abstract send(head: string, block: Uint8Array | string | undefined, isLast: boolean): void;

  #finishWith(lastBlock: Uint8Array | string | undefined): void {
    this.isOver = true;
    this.send(this.#takeHead(), lastBlock, true);
    if (!this.#isBodyEnded) this.body?.discard();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    this.#hasStarted = true;
    return head;
  }

  protected openBody(): GatewayBody | undefined {
    if (!this.#isBodyEnded) this.body ??= new GatewayBody(this.connection);
    return this.body;
  }

  protected sendBlock(block: Uint8Array): void {
    this.send(this.#takeHead(), block, false);
  }

  protected get isFull(): boolean {
    return this.connection.isFull;
  }

  protected once(event: 'drain' | 'finish', act: () => void): void {
    if (event === 'drain') this.connection.whenDrained(act);
    else this.connection.whenTaken(act);
  }

  #variable(name: string): string | undefined {
    const value = this.environ?.[name];
    return typeof value === 'string' ? value : undefined;
  }
}

function bodyTooShort(missing: number): HttpRefusal {
  return new HttpRefusal(400, `The request body ended ${missing} bytes before its CONTENT_LENGTH.`);
}
