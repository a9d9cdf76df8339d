import { BodyReader } from '../handler/body-reader.ts';
import { checkResponse } from '../handler/check-response.ts';
import { statusLine } from '../handler/reason-phrases.ts';
import { ClientDisconnected, describeError } from '../wsgi/errors.ts';
import { HOP_BY_HOP } from '../wsgi/response-head.ts';
import type { Environ, Header, StartResponse } from '../wsgi/types.ts';

type Step = IteratorResult<Uint8Array, void>;

const END: Step = { done: true, value: undefined };

/**
 * The response to one request that a fetch handler answers, as the WSGI server iterates over it. It is returned before
 * there is a response, which begins when the first block is asked for: were the server given a promise instead, it
 * could not tell that the client has gone.
 */
export class FetchExchange implements AsyncIterableIterator<Uint8Array, void> {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #responding: Promise<Response>;
  readonly #controller: AbortController;
  #reader: BodyReader | undefined;
  #isBegun = false;
  #isClosed = false;
  #isAtEnd = false;

  constructor(
    environ: Environ,
    startResponse: StartResponse,
    responding: Promise<Response>,
    controller: AbortController,
  ) {
    this.#environ = environ;
    this.#startResponse = startResponse;
    this.#responding = responding;
    this.#controller = controller;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    if (this.#isAtEnd || this.#isClosed) return END;
    const block = this.#isBegun ? await this.#reader?.read() : await this.#begin();
    if (block !== undefined) return { done: false, value: block };
    this.#isAtEnd = true;
    return END;
  }

  /** The server asks for no more: the client has gone, or it takes no body. */
  async return(): Promise<Step> {
    await this.close();
    return END;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isAtEnd) return;
    if (this.#isBegun) {
      if (this.#environ.REQUEST_METHOD !== 'HEAD') this.#controller.abort(new ClientDisconnected());
      await this.#reader?.cancel();
    } else {
      this.#controller.abort(new ClientDisconnected());
      this.#responding.then(discard, (error) => this.#failedLate(error));
    }
  }

  /** @returns the first block. */
  async #begin(): Promise<Uint8Array | undefined> {
    const response = checkResponse(await this.#responding, 'The fetch handler');
    if (this.#isClosed) return undefined;
    this.#isBegun = true;
    const { status, statusText, body } = response;
    let first: Uint8Array | undefined;
    let isWhole = true;
    if (body !== null) {
      this.#reader = new BodyReader(body);
      first = await this.#reader.read();
      isWhole = first === undefined || (await this.#reader.isAtEnd());
    }
    const headers = headersOf(response);
    const hasLength = headers.some(([name]) => name === 'content-length');
    if (isWhole && !hasLength && first !== undefined) headers.push(['content-length', String(first.length)]);
    this.#startResponse(statusLine(status, statusText), headers);
    return first;
  }

  /** An error that the departure has brought about is none. */
  #failedLate(error: unknown): void {
    if (error instanceof ClientDisconnected || (error as Error | undefined)?.name === 'AbortError') return;
    this.#environ['wsgi.errors'].write(describeError(error));
  }
}

/** Iterating over Headers gives each Set-Cookie by itself. */
function headersOf({ headers }: Response): Header[] {
  return [...headers].filter(([name]) => !HOP_BY_HOP.has(name));
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => {}); // nobody is there to get what failed
}
