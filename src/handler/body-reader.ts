import { quote } from '../conf/quote.ts';

// A body made of text or bytes ends within a few turns of the microtask queue (five were seen); a
// stream that has something to wait for takes more.
const TURNS_TO_END = 10;

/** Reads the body of a Response block by block, and can tell when the whole of it was there from the start. */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  #ahead: Promise<Uint8Array | undefined> | undefined;
  #isOver = false;

  constructor(stream: ReadableStream<unknown>) {
    this.#reader = stream.getReader();
  }

  /** The next block, or undefined at the end. */
  read(): Promise<Uint8Array | undefined> {
    const next = this.#ahead ?? this.#readBlock();
    this.#ahead = undefined;
    return next;
  }

  /** Whether the body ends here. False also when that can't be told without waiting. @throws what the body throws. */
  async isAtEnd(): Promise<boolean> {
    this.#ahead = this.#readBlock();
    this.#ahead.catch(() => {}); // Thrown by the read() that takes it.
    for (let turn = 0; turn < TURNS_TO_END && !this.#isOver; turn++) await null;
    return this.#isOver && (await this.read()) === undefined;
  }

  /** Tells the stream that nobody reads it any more, unless it has ended. */
  async cancel(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#reader.cancel();
  }

  async #readBlock(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#nextResult();
    if (done) return undefined;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(
      `The body of a Response is made of Uint8Array blocks, found ${quote(value)}. Pipe text through a TextEncoderStream.`,
    );
  }

  async #nextResult() {
    try {
      const result = await this.#reader.read();
      this.#isOver = result.done;
      return result;
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }
}
