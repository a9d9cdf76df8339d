import { CLIENT, type Client, type InputOfClient } from '../environ/client-presence.ts';
import { describe } from '../errors.ts';
import type { WSGIInput } from '../types.ts';
import { type CapturedStack, captureStack } from './place.ts';
import type { Reporter } from './reporter.ts';

/** `wsgi.input` with checks of its calls and their results. */
export class CheckedInput implements WSGIInput, InputOfClient {
  readonly #input: WSGIInput;
  readonly #reporter: Reporter;
  readonly #isOver: () => boolean;
  #isReading = false;

  /** @param isOver Whether the response has been closed, after which the input must not be read. */
  constructor(input: WSGIInput, reporter: Reporter, isOver: () => boolean) {
    this.#input = input;
    this.#reporter = reporter;
    this.#isOver = isOver;
  }

  get [CLIENT](): Client | undefined {
    return (this.#input as Partial<InputOfClient>)[CLIENT];
  }

  read(...size: [number?]): Promise<Uint8Array> {
    const stack = captureStack(this.read);
    this.#checkSize('read', size, stack);
    return this.#reading(() => this.#input.read(...size), stack);
  }

  readline(...size: [number?]): Promise<Uint8Array> {
    const stack = captureStack(this.readline);
    this.#checkSize('readline', size, stack);
    return this.#reading(() => this.#input.readline(...size), stack);
  }

  readlines(...hint: [number?]): Promise<Uint8Array[]> {
    const stack = captureStack(this.readlines);
    this.#checkSize('readlines', hint, stack);
    return this.#reading(() => this.#input.readlines(...hint), stack);
  }

  /** Iterable itself, as generators are, so that it can be returned as a response. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    const stack = captureStack(this[Symbol.asyncIterator]);
    const blocks = this.#input[Symbol.asyncIterator]();
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => this.#reading(() => blocks.next(), stack),
      return: async () => (await blocks.return?.()) ?? { done: true, value: undefined },
    };
  }

  /** It is not part of the contract. A call is reported as a violation. */
  close(): void {
    const what = 'wsgi.input.close() was called. The stream is the server’s: it discards what was not read.';
    this.#reporter.found('input-close', what, captureStack(this.close));
    (this.#input as unknown as { close(): void }).close();
  }

  async #reading<T>(read: () => Promise<T>, stack: CapturedStack): Promise<T> {
    if (this.#isOver()) {
      this.#reporter.found(
        'input-late',
        'wsgi.input was read after the response was closed. Read it before.',
        stack,
      );
    }
    if (this.#isReading) {
      this.#reporter.found(
        'input-concurrent',
        "wsgi.input was read while another read was under way. Await the first: 'await input.read()'.",
        stack,
      );
    }
    this.#isReading = true;
    try {
      const result = await read();
      this.#checkResult(result, stack);
      return result;
    } finally {
      this.#isReading = false;
    }
  }

  #checkSize(method: string, sizes: readonly unknown[], stack: CapturedStack): void {
    const [size] = sizes;
    if (sizes.length <= 1 && (size === undefined || Number.isInteger(size))) return;
    const found = sizes.length > 1 ? `${sizes.length} arguments` : describe(size);
    this.#reporter.found(
      'input-size',
      `wsgi.input.${method}() takes a whole number or nothing, and got ${found}.`,
      stack,
    );
  }

  #checkResult(result: unknown, stack: CapturedStack): void {
    const blocks = blocksOf(result);
    const wrong = blocks.findIndex((block) => !(block instanceof Uint8Array));
    if (wrong === -1) return;
    this.#reporter.found(
      'input-type',
      `wsgi.input gives Uint8Array blocks, and gave ${describe(blocks[wrong])}.`,
      stack,
    );
  }
}

/** The result of a read or of a step of the iteration. */
function blocksOf(result: unknown): readonly unknown[] {
  if (isStep(result)) return result.done ? [] : [result.value];
  return Array.isArray(result) ? result : [result];
}

function isStep(result: unknown): result is IteratorResult<unknown> {
  return typeof result === 'object' && result !== null && 'done' in result;
}
