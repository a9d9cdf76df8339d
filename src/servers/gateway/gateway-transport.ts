import { AsyncResource } from 'node:async_hooks';
import { STATUS_CODES } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transport } from '../../wsgi/driver/transport.ts';
import { ClientPresence } from '../../wsgi/environ/client-presence.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { ClientDisconnected } from '../../wsgi/errors.ts';
import { withServer } from '../../wsgi/header-list.ts';
import type { Environ, Header, WSGIErrors } from '../../wsgi/types.ts';
import { bodyTooLarge } from '../http/request/limits.ts';
import { HttpRefusal } from '../http/request/refusal.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { WatchedRequest } from '../stall-watch.ts';
import { type BodyFlow, GatewayBody } from './gateway-body.ts';

/** A response that never has to wait lets the loop have a turn after so many blocks, or bytes. */
const BLOCKS_PER_TURN = 64;
const BYTES_PER_TURN = 256 * 1024;

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
  /** The body of a request does not come to its end as it should. */
  bodyFailed(transport: GatewayTransport, refusal: HttpRefusal): void;
  /** Breaks a response off so that the web server can tell. */
  cut(transport: GatewayTransport): void;
}

/** One request and its response, whatever the protocol: the driver's way to the client, and the source of the input. */
export abstract class GatewayTransport
  extends ClientPresence
  implements Transport, ByteSource, WatchedRequest
{
  readonly connection: RequestConnection;
  readonly startedAt = Date.now();
  /**
   * Where the application runs: what it sets by `AsyncLocalStorage.enterWith()` is for this request alone. Without it, Node 20
   * and 22 carry that to the next request of the connection, and each Node to the next one that came in the same bytes.
   */
  readonly context = new AsyncResource('startproject.request');
  /** What the application is called with. */
  environ: Environ | undefined;
  status = 0;
  /** Those of the response. */
  headers: readonly Header[] = [];
  bytesSent = 0;
  /** How many bytes of the body have come. */
  bytesReceived = 0;
  /** Whether all of the response has been handed to the system. */
  isComplete = false;
  isRefused = false;
  /** The last of the response is sent, or it is broken off. */
  isOver = false;
  /** How long the body is to be, by CONTENT_LENGTH. */
  #bodyLength: number | undefined;
  #body: GatewayBody | undefined;
  #isBodyEnded = false;
  /** The head, until the first block takes it along. */
  #head = '';
  #hasStarted = false;
  #blocksInTurn = 0;
  #bytesInTurn = 0;
  #waiting: Set<(error: ClientDisconnected) => void> | undefined;

  constructor(connection: RequestConnection) {
    super();
    this.connection = connection;
  }

  override get isRequestReceived(): boolean {
    return this.#isBodyEnded;
  }

  get isReading(): boolean {
    return this.#body?.isWaiting ?? false;
  }

  get isWriting(): boolean {
    return this.#waiting !== undefined && this.#waiting.size > 0;
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
      this.connection.bodyFailed(this, bodyTooLarge(limits));
      return;
    }
    this.#body ??= new GatewayBody(this.connection);
    this.#body.receive(this.connection.sharesBuffer ? Buffer.from(block) : block);
    if (this.bytesReceived === this.#bodyLength) this.#endBody();
  }

  /** Notes that no more of the body comes. */
  endBody(): void {
    if (this.#isBodyEnded || this.isOver || this.isDisconnected) return;
    const missing = (this.#bodyLength ?? 0) - this.bytesReceived;
    if (missing > 0) this.connection.bodyFailed(this, bodyTooShort(missing));
    else this.#endBody();
  }

  #endBody(): void {
    this.#isBodyEnded = true;
    this.#body?.end();
  }

  pull(): Uint8Array | null | Promise<Uint8Array | null> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    const body = this.#readBody();
    return body === undefined ? null : body.pull();
  }

  rest(): Promise<readonly Uint8Array[]> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    const body = this.#readBody();
    return body === undefined ? Promise.resolve([]) : body.rest();
  }

  start(status: number, reason: string, headers: readonly Header[]): void {
    if (this.isDisconnected) return;
    this.status = status;
    this.headers = withServer(headers, this.connection.serverHeader);
    this.#head = this.headOf(status, reason, this.headers);
  }

  write(block: Uint8Array | string): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    this.bytesSent += block.length;
    this.send(this.#takeHead(), block, false);
    if (this.connection.isFull) return this.#until((act) => this.connection.whenDrained(act));
    this.#blocksInTurn += 1;
    this.#bytesInTurn += block.length;
    if (this.#blocksInTurn < BLOCKS_PER_TURN && this.#bytesInTurn < BYTES_PER_TURN) return;
    this.#blocksInTurn = 0;
    this.#bytesInTurn = 0;
    return nextTurn();
  }

  end(lastBlock?: Uint8Array | string): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (lastBlock !== undefined) this.bytesSent += lastBlock.length;
    this.#finishWith(lastBlock);
    if (!this.connection.isTaken) return this.#flush();
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
    this.#body?.fail(reason);
    this.start(status, STATUS_CODES[status] ?? '', [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', String(body.length)],
    ]);
    this.#finishWith(this.environ?.REQUEST_METHOD === 'HEAD' ? undefined : body);
    this.disconnected(reason);
  }

  /** Nothing reaches the client any more. */
  disconnected(error?: ClientDisconnected): void {
    if (this.isDisconnected) return;
    this.isOver = true;
    this.depart(error);
    this.#body?.fail(this.departure);
    for (const reject of this.#waiting ?? []) reject(this.departure);
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
    if (!this.#isBodyEnded)
      this.#body?.fail(new Error('The response has ended, and what was left of wsgi.input was thrown away.'));
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    this.#hasStarted = true;
    return head;
  }

  #readBody(): GatewayBody | undefined {
    if (!this.#isBodyEnded) this.#body ??= new GatewayBody(this.connection);
    return this.#body;
  }

  async #flush(): Promise<void> {
    await this.#until((act) => this.connection.whenTaken(act));
    this.isComplete = true;
  }

  #until(wait: (act: () => void) => void): Promise<void> {
    this.#waiting ??= new Set();
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      waiting.add(reject);
      wait(() => {
        waiting.delete(reject);
        resolve();
      });
    });
  }
}

function bodyTooShort(missing: number): HttpRefusal {
  return new HttpRefusal(400, `The request body ended ${missing} bytes before its CONTENT_LENGTH.`);
}
