import { quote } from '../../text/quote.ts';
import type { Client } from '../../wsgi/environ/client-presence.ts';
import { type BlockSource, type Blocks, blocksOf } from './block-source.ts';

// A body made of text or bytes ends within a few turns of the microtask queue (five were seen); a
// stream that has something to wait for takes more.
const TURNS_TO_END = 10;

/** Reads the body of a Response block by block, and can tell when the whole of it was there from the start. */
export class BodyReader {
  readonly #source: BlockSource;
  #ahead: Promise<Uint8Array | undefined> | undefined;
  #isPending = false;
  #isOver = false;

  constructor(body: Blocks) {
    this.#source = blocksOf(body);
  }

  /** The next block, or undefined at the end. */
  read(): Promise<Uint8Array | undefined> {
    const next = this.#ahead ?? this.#readBlock();
    this.#ahead = undefined;
    return next;
  }

  /** The next block, as long as the client is there. @throws also the departure of the client. */
  async readFor(client: Client | undefined): Promise<Uint8Array | undefined> {
    const reading = this.read();
    if (client === undefined) return reading;
    reading.catch(() => {}); // Thrown below.
    // A block that is there needs no signal, which is expensive to make.
    for (let turn = 0; turn < TURNS_TO_END && this.#isPending; turn++) await null;
    return this.#isPending ? unlessAborted(client.signal, reading) : reading;
  }

  /** Whether the body ends here. False also when that is not known without waiting. @throws what the body throws. */
  async isAtEnd(): Promise<boolean> {
    this.#ahead = this.#readBlock();
    this.#ahead.catch(() => {}); // Thrown by the read() that takes it.
    for (let turn = 0; turn < TURNS_TO_END && !this.#isOver; turn++) await null;
    return this.#isOver && (await this.read()) === undefined;
  }

  /**
   * Cancels the source of the body, unless it has ended. A block that is pending is not awaited: it may never come.
   *
   * @param onError Receives what the cancellation throws, now or later.
   */
  async cancel(onError: (error: unknown) => void): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    let hasLeft = false;
    const leaving = this.#source
      .leave()
      .catch(onError)
      .finally(() => {
        hasLeft = true;
      });
    if (this.#isPending) for (let turn = 0; turn < TURNS_TO_END && !hasLeft; turn++) await null;
    else await leaving;
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
    this.#isPending = true;
    try {
      const result = await this.#source.next();
      this.#isOver ||= result.done === true;
      return result;
    } catch (error) {
      this.#isOver = true;
      throw error;
    } finally {
      this.#isPending = false;
    }
  }
}

/** @throws the signal's reason, once it is aborted. */
function unlessAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const settled = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    work.then(resolve, reject).then(settled);
  });
}
