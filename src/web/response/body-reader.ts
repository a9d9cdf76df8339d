import { quote } from '../../text/quote.ts';
import type { Client } from '../../wsgi/environ/client-presence.ts';
import { type BlockResult, type BlockSource, type Blocks, blocksOf } from './block-source.ts';

// A body made of text or bytes ends within a few turns of the microtask queue (five were seen); a
// stream that has something to wait for takes more.
const TURNS_TO_END = 10;

/** How long the cancellation of a source may take before the response is over all the same. */
const CANCEL_TIMEOUT_MS = 1000;

const ignore = () => {};

/** How a body begins. */
interface BodyStart {
  /** Undefined for an empty body. */
  readonly first: Uint8Array | undefined;
  /** Whether it is known that nothing follows. */
  readonly isWhole: boolean;
}

export const EMPTY_BODY: BodyStart = { first: undefined, isWhole: true };

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

  /**
   * The first block, as long as the client is there, and whether the body ends with it: false also when that is not known
   * without waiting. One function, since each async function takes promises of its own.
   *
   * @throws what the body throws, or the departure of the client. Then its source is cancelled.
   */
  async begin(client: Client | undefined): Promise<BodyStart> {
    try {
      const reading = this.read();
      if (client !== undefined) {
        reading.catch(ignore); // Thrown below.
        // A block that is there needs no signal, which is expensive to make.
        for (let turn = 0; turn < TURNS_TO_END && this.#isPending; turn++) await null;
        if (this.#isPending) await unlessAborted(client.signal, reading);
      }
      const first = await reading;
      if (first === undefined) return EMPTY_BODY;
      this.#ahead = this.#readBlock();
      this.#ahead.catch(ignore); // Thrown by the read() that takes it.
      for (let turn = 0; turn < TURNS_TO_END && !this.#isOver; turn++) await null;
      return { first, isWhole: this.#isOver && (await this.read()) === undefined };
    } catch (error) {
      await this.cancel(ignore); // what comes of a body that has failed is not news
      throw error;
    }
  }

  /**
   * Cancels the source of the body, unless it has ended. A block that is pending is not awaited: it may never come. Nor may
   * the end of the cancellation: the stream of a response that was cloned waits for that of its clone.
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
    else await inTime(leaving);
  }

  /** By hand: async functions would take a promise for each step of a body that is there already. */
  #readBlock(): Promise<Uint8Array | undefined> {
    this.#isPending = true;
    return this.#nextResult().then(this.#received, this.#failed);
  }

  #nextResult(): Promise<BlockResult> {
    try {
      return Promise.resolve(this.#source.next());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #received = ({ done, value }: BlockResult): Uint8Array | undefined => {
    this.#isPending = false;
    if (done) {
      this.#isOver = true;
      return undefined;
    }
    if (value instanceof Uint8Array) return value;
    throw new TypeError(
      `The body of a Response is made of Uint8Array blocks, found ${quote(value)}. Pipe text through a TextEncoderStream.`,
    );
  };

  readonly #failed = (error: unknown): never => {
    this.#isPending = false;
    this.#isOver = true;
    throw error;
  };
}

/** Resolves with the work, or when its time is over. */
function inTime(work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CANCEL_TIMEOUT_MS);
    work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
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
