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

/** Workers send a stream as chunks even if a Content-Length is given, unless the stream is one of these. */
const { FixedLengthStream } = globalThis as {
  FixedLengthStream?: new (
    length: number,
  ) => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;
};

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** One Request and its Response. The driver sends the response through it, and it is the source of the input. */
export class FetchTransport extends ClientPresence implements Transport, ByteSource {
  readonly #request: Request;
  #response: Response | undefined;
  #onResponse: ((response: Response) => void) | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #head: ResponseHead | undefined;
  /** Receives the blocks after the Response was returned. */
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The write whose block is not read yet. */
  #waiter: Waiter | undefined;
  #failReading: ((error: Error) => void) | undefined;
  #isListening = false;
  #isOver = false;

  constructor(request: Request) {
    super();
    this.#request = request;
  }

  /** The response; a promise while it has not begun. */
  get response(): Response | Promise<Response> {
    if (this.#response !== undefined) return this.#response;
    return new Promise((resolve) => {
      this.#onResponse = resolve;
    });
  }

  /** Follows the request's own signal, which is observed from the first read on. */
  override get signal(): AbortSignal {
    this.#listen();
    return super.signal;
  }

  /**
   * Observes the request's signal, since the application now waits for something. Not earlier, since a signal is
   * expensive to make. Not on Deno, which prints a notice when the signal is read.
   */
  waits(): void {
    if (!isDeno) this.#listen();
  }

  /** Called when a block is awaited. Before the first block there is no response that the runtime could cancel. */
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
      throw new RangeError(`The status of a Response is from 200 to 599, but startResponse() got ${status}.`);
    }
    this.#head = responseHead(status, statusText, headers);
  }

  write(block: Uint8Array): void | Promise<void> {
    if (this.isDisconnected) return Promise.reject(this.departure);
    if (this.#head?.status === RESET_CONTENT) return;
    if (this.#controller === undefined)
      this.#answer(new Response(this.#withLength(this.#createStream()), this.#head));
    return new Promise((resolve, reject) => {
      // Set before the call of enqueue(), since Deno's server may cancel the stream during that call.
      this.#waiter = { resolve, reject };
      this.#controller!.enqueue(block);
    });
  }

  /** The response to a GET request whose content is in memory. */
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

  /** Called when nothing more is sent. An unsettled promise would be awaited forever. */
  over(): void {
    this.#isOver = true;
    this.#settle(CLIENT_CLOSED_REQUEST);
    if (isDeno) this.#skipRequestBody();
  }

  /**
   * Discards the unread rest of the request's body. An application may read exactly CONTENT_LENGTH bytes and so not
   * read the end of the stream. Only Deno needs this: it does not answer further requests of the connection before.
   * Under a Node server, this would destroy the response as well.
   */
  #skipRequestBody(): void {
    this.#reader?.cancel().catch(() => {}); // The body has failed, and nothing reads it any more.
  }

  #disconnected(): void {
    if (this.#isOver || this.isDisconnected) return; // Some runtimes abort the signal at the end of each request.
    this.depart();
    this.#failReading?.(this.departure);
    this.#waiter?.reject(this.departure);
  }

  /** Reads until the disconnect, since the body may never end after it. */
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
    // No read-ahead: the next block is requested when this one has been read.
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

  /** Ends a request without a response. The runtime nevertheless gets one. */
  #settle(status: number): void {
    if (this.#response === undefined) this.#answer(new Response(null, { status }));
  }
}
