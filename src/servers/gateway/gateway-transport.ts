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

/** What a request needs of the connection that it came by. */
export interface RequestConnection extends BodyFlow {
  readonly remoteAddress: string | undefined;
  /** Whether the socket holds back as much as it is to. */
  readonly isFull: boolean;
  /** Whether the system has taken all that was sent. */
  readonly isTaken: boolean;
  /** The `Server` header of responses that have none. */
  readonly serverHeader: string | undefined;
  readonly limits: RequestLimits;
  /** Whether the bytes that come are in a buffer that others come into next. */
  readonly sharesBuffer: boolean;
  /** Calls when the socket takes more. */
  whenDrained(act: () => void): void;
  /** Calls when the system has taken all that was sent up to now. */
  whenTaken(act: () => void): void;
  /** Refuses a request, or breaks its response off where that has begun. */
  refuse(transport: GatewayTransport, refusal: HttpRefusal): void;
  /** Breaks a response off so that the web server can tell. */
  cut(transport: GatewayTransport): void;
}

/** One request that a web server passes on, and its response, whatever the protocol. */
export abstract class GatewayTransport extends ServerTransport<GatewayBody> implements Transport {
  readonly connection: RequestConnection;
  /**
   * Where the application runs: what it sets by `AsyncLocalStorage.enterWith()` is for this request alone. Without it, Node 20
   * and 22 carry that to the next request of the connection, and each Node to the next one that came in the same bytes.
   */
  readonly context = new AsyncResource('startproject.request');
  /** How many bytes of the body have come. */
  bytesReceived = 0;
  /** The last of the response is sent, or it is broken off. */
  isOver = false;
  /** How long the body is to be, by CONTENT_LENGTH. */
  #bodyLength: number | undefined;
  #isBodyEnded = false;
  /** The head, until the first block takes it along. */
  #head = '';
  #hasStarted = false;

  constructor(connection: RequestConnection) {
    super();
    this.connection = connection;
  }

  override get isRequestReceived(): boolean {
    return this.#isBodyEnded;
  }

  /** Whether the head of the response is on its way. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  get method(): string {
    return this.environ?.REQUEST_METHOD ?? '';
  }

  /** The request target, as the web server says. */
  get target(): string {
    const { environ } = this;
    const target = environ?.REQUEST_URI;
    return typeof target === 'string' ? target : `${environ?.SCRIPT_NAME ?? ''}${environ?.PATH_INFO ?? ''}`;
  }

  /** The address of the client, as the web server says. */
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

  /** Notes how long the body is, before anything of it has come. */
  expectBody(length: number): void {
    this.#bodyLength = length;
    if (length === 0) this.#endBody();
  }

  /** Takes bytes of the body. What is more than CONTENT_LENGTH is not part of it. */
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

  /** Notes that no more of the body comes. */
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

  /** Answers in the application's place. The client counts as gone from then on. */
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

  /** `wsgi.errors`, where the protocol has a way to the log of the web server beside that of this server. */
  errorsBeside(log: WSGIErrors): WSGIErrors {
    return log;
  }

  /** The head of a response as the protocol has it. */
  protected abstract headOf(status: number, reason: string, headers: readonly Header[]): string;

  /** Sends a head that may be empty, a block, and the end of the response, in one write where they are small. */
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
