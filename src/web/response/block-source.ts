import { canBeCancelledPending } from '../../node-internals/late-close.ts';

export interface BlockResult {
  readonly done?: boolean | undefined;
  readonly value?: unknown;
}

/** Delivers the blocks of a body, one at a time. */
export interface BlockSource {
  next(): Promise<BlockResult>;
  /** Cancels the source immediately, even while a block is pending. */
  leave(): Promise<void>;
}

/** The types that a response body may have. A library may bring its own stream class. */
export type Blocks = ReadableStream<unknown> | AsyncIterable<unknown>;

export function blocksOf(body: Blocks): BlockSource {
  return 'getReader' in body ? new StreamBlocks(body) : new IterableBlocks(body);
}

class StreamBlocks implements BlockSource {
  readonly #stream: ReadableStream<unknown>;
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  #latest: Promise<unknown> | undefined;

  constructor(stream: ReadableStream<unknown>) {
    this.#stream = stream;
    this.#reader = stream.getReader();
  }

  next() {
    const reading = this.#reader.read();
    this.#latest = reading;
    return reading;
  }

  async leave(): Promise<void> {
    // Errors of the pending block are reported to the caller that has requested it.
    if (!canBeCancelledPending(this.#stream)) await this.#latest?.catch(() => {});
    await this.#reader.cancel();
  }
}

/** The methods of Node's streams that other iterables do not have. */
interface NodeStream {
  destroy?(): unknown;
  on?(event: 'error', listener: () => void): unknown;
}

class IterableBlocks implements BlockSource {
  readonly #source: AsyncIterable<unknown> & NodeStream;
  readonly #iterator: AsyncIterator<unknown>;

  constructor(source: AsyncIterable<unknown>) {
    this.#source = source;
    this.#iterator = source[Symbol.asyncIterator]();
  }

  next() {
    return this.#iterator.next();
  }

  async leave(): Promise<void> {
    const source = this.#source;
    if (typeof source.destroy !== 'function') {
      await this.#iterator.return?.();
      return;
    }
    source.on?.('error', () => {}); // The response has ended, so a later error of the stream is ignored.
    source.destroy();
  }
}
