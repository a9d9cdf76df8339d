import type { LightContent } from '../../web/response/light-response.ts';
import { isDeno } from '../../web/runtime.ts';
import type { Transport } from '../../wsgi/driver/transport.ts';
import { ClientPresence } from '../../wsgi/environ/client-presence.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { ClientDisconnected } from '../../wsgi/errors.ts';
import { encodeText } from '../../wsgi/text-body.ts';
import type { Header } from '../../wsgi/types.ts';
import { bodyReadBefore } from '../body-read-before.ts';
import {
  isNoLength,
  lightResponse,
  RESET_CONTENT,
  type ResponseHead,
  responseHead,
  type Whole,
  wholeResponse,
} from './whole-response.ts';

/** nginx's number for a client that disconnected before there was a response. */
const CLIENT_CLOSED_REQUEST = 499;

/** Workers send a stream in chunks, whatever its headers say, unless it comes out of one of these. */
const { FixedLengthStream } = globalThis as {
  FixedLengthStream?: new (
    length: number,
  ) => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;
};

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** One Request and the Response to it: the driver's way to the client, and the source of the input. */
export class FetchTransport extends ClientPresence implements Transport, ByteSource {
  readonly #request: Request;
  #response: Response | undefined;
  #onResponse: ((response: Response) => void) | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #head: ResponseHead | undefined;
  /** Where blocks go once the response has been returned. */
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The write that waits for its block to be taken. */
  #waiter: Waiter | undefined;
  #failReading: ((error: Error) => void) | undefined;
  #isListening = false;
  #isOver = false;

  constructor(request: Request) {
    super();
    this.#request = request;
  }

  /** A promise for as long as it has not begun. */
  get response(): Response | Promise<Response> {
    if (this.#response !== undefined) return this.#response;
    return new Promise((resolve) => {
      this.#onResponse = resolve;
    });
  }

  /** It follows the request's own signal, which is listened to from the first read on. */
  override get signal(): AbortSignal {
    this.#listen();
    return super.signal;
  }

  /**
   * Listens to the request's signal, since the application is waiting for something. Not before: a signal is expensive
   * to make. Not on Deno, which prints a notice when one is read.
   */
  waits(): void {
    if (!isDeno) this.#listen();
  }

  /** A block is waited for. Where it is the first, there is no response yet that the runtime could cancel. */
  override onDisconnect(listener: () => void): void {
    if (this.#response === undefined) this.#listen();
    super.onDisconnect(listener);
  }

  get #ownSignal(): AbortSignal {
    const request = this.#request;
    return Reflect.get(Object.getPrototypeOf(request), 'signal', request) ?? request.signal;
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const signal = this.#ownSignal;
    if (signal.aborted) this.#disconnected();
    else signal.addEventListener('abort', () => this.#disconnected(), { once: true });
  }

  async pull(): Promise<Uint8Array | null> {
    if (this.isDisconnected) throw this.departure;
    const { body } = this.#request;
    if (body === null) return null;
    if (this.#reader === undefined) this.#reader = this.#openBody(body);
    return this.#untilDisconnected(this.#reader.read());
  }

  start(status: number, statusText: string, headers: readonly Header[]): void {
    if (status < 200 || status > 599) {
      throw new RangeError(`A Response has a status from 200 to 599, and startResponse() got ${status}.`);
    }
    this.#head = responseHead(status, statusText, headers);
  }

  write(block: Uint8Array): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (this.#head?.status === RESET_CONTENT) return;
    if (this.#controller === undefined)
      this.#answer(new Response(this.#withLength(this.#createStream()), this.#head));
    return new Promise((resolve, reject) => {
      // First, since Deno's server may cancel the stream in the midst of enqueue().
      this.#waiter = { resolve, reject };
      this.#controller!.enqueue(block);
    });
  }

  /** A response of which all is there, to a GET request. */
  respondWhole(light: LightContent): Response {
    if (!this.isDisconnected) this.#response = lightResponse(light);
    this.over();
    return this.#response!;
  }

  end(last?: Uint8Array | string): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (this.#controller === undefined) {
      this.#answer(wholeResponse(this.#head!, last as Whole));
    } else {
      const lastBlock = typeof last === 'string' ? encodeText(last) : last;
      if (lastBlock !== undefined) this.#controller.enqueue(lastBlock);
      this.#controller.close();
    }
    this.#isOver = true;
  }

  abort(error: unknown): void {
    this.#isOver = true;
    this.#controller?.error(error);
    this.#settle(500);
  }

  /** Nothing more will come. A promise that nothing settles would be waited for without end. */
  over(): void {
    this.#isOver = true;
    this.#settle(CLIENT_CLOSED_REQUEST);
    if (isDeno) this.#skipRequestBody();
  }

  /**
   * Throws away what was not read of the request's body, if only that it is at its end: an application may read as many
   * bytes as CONTENT_LENGTH says. Deno answers no further request of the connection before. Others need none of it, and
   * under a server of Node's it would take the response with it.
   */
  #skipRequestBody(): void {
    this.#reader?.cancel().catch(() => {}); // the body has failed, and nobody reads it any more
  }

  #disconnected(): void {
    if (this.#isOver || this.isDisconnected) return; // some runtimes tell of each request's end
    this.depart();
    this.#failReading?.(this.departure);
    this.#waiter?.reject(this.departure);
  }

  /** A body may never end when its client disconnects. */
  #untilDisconnected(reading: Promise<{ done: boolean; value?: Uint8Array }>): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#failReading = reject;
      reading.then(
        ({ done, value }) => resolve(done ? null : value!),
        (cause) => {
          const error = new ClientDisconnected('The request body broke off.');
          reject(this.suspect(Object.assign(error, { cause })));
        },
      );
    });
  }

  #openBody(body: ReadableStream<Uint8Array>): ReadableStreamDefaultReader<Uint8Array> {
    if (!this.#request.bodyUsed && !body.locked) return body.getReader();
    throw bodyReadBefore();
  }

  #createStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const source = {
      start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
        this.#controller = controller;
      },
      pull: () => {
        const waiter = this.#waiter;
        this.#waiter = undefined;
        waiter?.resolve();
      },
      cancel: () => this.#disconnected(),
    };
    // No read-ahead: the next block is asked for when this one has been taken.
    return new ReadableStream(source, { highWaterMark: 0 }) as ReadableStream<Uint8Array<ArrayBuffer>>;
  }

  #withLength(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (FixedLengthStream === undefined) return stream;
    const [, length] = this.#head?.headers.find((header) => !isNoLength(header)) ?? [];
    return length === undefined ? stream : stream.pipeThrough(new FixedLengthStream(Number(length)));
  }

  #answer(response: Response): void {
    this.#response = response;
    this.#onResponse?.(response);
  }

  /** There is none: what a runtime is given all the same. */
  #settle(status: number): void {
    if (this.#response === undefined) this.#answer(new Response(null, { status }));
  }
}
