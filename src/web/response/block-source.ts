import { canBeCancelledPending } from '../../node-internals/late-close.ts';

export interface BlockResult {
  readonly done?: boolean | undefined;
  readonly value?: unknown;
}

/** Where the blocks of a body come from, one at a time. */
export interface BlockSource {
  next(): Promise<BlockResult>;
  /** Cancels the source at once, also while a block is pending. */
  leave(): Promise<void>;
}

/** What may be the body of a response, its own library's streams among them. */
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
    // Its error belongs to the caller that has asked for the block.
    if (!canBeCancelledPending(this.#stream)) await this.#latest?.catch(() => {});
    await this.#reader.cancel();
  }
}

/** Node's streams have these beside what every iterable has. */
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
    source.on?.('error', () => {}); // the response is over
    source.destroy();
  }
}
