import { isPromiseLike } from '../errors.ts';
import type { WSGIResponse } from '../types.ts';
import { captureStack } from './place.ts';
import type { Reporter } from './reporter.ts';

/** Is notified of the steps of a response. */
export interface ResponseListener {
  yielded(block: unknown): void;
  /** Called when all blocks are read. */
  end(): void;
  /** `close()` was called, and the application's `close()` has ended. */
  closed(): void | Promise<void>;
}

type Step = IteratorResult<unknown>;

/** A response of the same kind, an array for an array, that reports its use. */
export function checkedResponse(
  response: WSGIResponse,
  listener: ResponseListener,
  reporter: Reporter,
): WSGIResponse {
  const life = new ResponseLife(response, listener, reporter);
  const close = () => life.close();
  if (Array.isArray(response)) {
    for (const block of response) listener.yielded(block);
    listener.end();
    return Object.assign(response.slice(), { close });
  }
  if (Symbol.asyncIterator in response) {
    return {
      [Symbol.asyncIterator]: () => life.iterate(response[Symbol.asyncIterator]()),
      close,
    } as WSGIResponse;
  }
  return { [Symbol.iterator]: () => life.iterate(response[Symbol.iterator]()), close } as WSGIResponse;
}

/** The server's use of a response so far. */
class ResponseLife {
  readonly #response: WSGIResponse;
  readonly #listener: ResponseListener;
  readonly #reporter: Reporter;
  #isClosed = false;
  #isPending = false;

  constructor(response: WSGIResponse, listener: ResponseListener, reporter: Reporter) {
    this.#response = response;
    this.#listener = listener;
    this.#reporter = reporter;
  }

  iterate(iterator: Iterator<unknown> | AsyncIterator<unknown>): unknown {
    const life = this;
    return {
      next() {
        life.#checkNext();
        const step = iterator.next();
        if (!isPromiseLike(step)) return life.#received(step);
        return life.#receivedLater(step);
      },
      return: () => iterator.return?.() ?? { done: true, value: undefined },
      [Symbol.iterator]() {
        return this;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  close(): void | Promise<void> {
    if (this.#isClosed) {
      this.#reporter.found(
        'close-twice',
        'close() was called twice. It is called once, however the response ends.',
        captureStack(this.close),
      );
    }
    this.#isClosed = true;
    let closing: void | Promise<void>;
    try {
      closing = this.#response.close?.();
    } catch (error) {
      return this.#closedLater(Promise.reject(error));
    }
    return isPromiseLike(closing) ? this.#closedLater(closing) : this.#listener.closed();
  }

  async #closedLater(closing: PromiseLike<void>): Promise<void> {
    try {
      await closing;
    } finally {
      await this.#listener.closed();
    }
  }

  #checkNext(): void {
    if (this.#isClosed) {
      this.#reporter.found(
        'next-after-close',
        'A block was requested after close(), which has to be the last call.',
        captureStack(this.#checkNext),
      );
    }
    if (this.#isPending) {
      this.#reporter.found(
        'next-concurrent',
        'A block was requested before the previous one had arrived. Send each block before you request the next.',
        captureStack(this.#checkNext),
      );
    }
  }

  async #receivedLater(pending: PromiseLike<Step>): Promise<Step> {
    this.#isPending = true;
    try {
      return this.#received(await pending);
    } finally {
      this.#isPending = false;
    }
  }

  #received(step: Step): Step {
    if (step.done) this.#listener.end();
    else this.#listener.yielded(step.value);
    return step;
  }
}
