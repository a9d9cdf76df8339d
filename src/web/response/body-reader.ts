import { quote } from '../../text/quote.ts';
import type { Client } from '../../wsgi/environ/client-presence.ts';
import { type BlockResult, type BlockSource, type Blocks, blocksOf } from './block-source.ts';

// A body made of text or bytes ends within a few turns of the microtask queue (measured: five). A stream that waits for
// I/O needs more turns.
const TURNS_TO_END = 10;

/** The time that the cancellation of a source may take. After that, the response ends without it. */
const CANCEL_TIMEOUT_MS = 1000;

const ignore = () => {};

/** The first block of a body. */
interface BodyStart {
  /** Undefined for an empty body. */
  readonly first: Uint8Array | undefined;
  /** Whether the body is known to end after it. */
  readonly isWhole: boolean;
}

export const EMPTY_BODY: BodyStart = { first: undefined, isWhole: true };

/** Reads the body of a Response block by block, and detects a body that is complete from the start. */
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
   * The first block, unless the client disconnects before it, and whether the body ends with it: false also if this is
   * unknown without waiting. It is one function, since each async function makes promises of its own.
   *
   * @throws the error of the body, or the reason of the disconnect. The source is cancelled first.
   */
  async begin(client: Client | undefined): Promise<BodyStart> {
    try {
      const reading = this.read();
      if (client !== undefined) {
        reading.catch(ignore); // The error is thrown below.
        // A block that is already there needs no signal, which is expensive to make.
        for (let turn = 0; turn < TURNS_TO_END && this.#isPending; turn++) await null;
        if (this.#isPending) await unlessAborted(client.signal, reading);
      }
      const first = await reading;
      if (first === undefined) return EMPTY_BODY;
      this.#ahead = this.#readBlock();
      this.#ahead.catch(ignore); // The error is thrown by the `read()` that takes this block.
      for (let turn = 0; turn < TURNS_TO_END && !this.#isOver; turn++) await null;
      return { first, isWhole: this.#isOver && (await this.read()) === undefined };
    } catch (error) {
      await this.cancel(ignore); // Further errors of a failed body are not reported.
      throw error;
    }
  }

  /**
   * Cancels the source of the body, unless it has ended. A pending block is not awaited, since it may never come.
   * Neither is the end of the cancellation, without a limit: the stream of a cloned response waits for the stream of
   * its clone.
   *
   * @param onError Receives the error of the cancellation, now or later.
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

  /** Written without async functions, which would make a promise for each step, even if the data is already there. */
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

/** Resolves when the work is done, or at the time limit. */
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
