import type { BlockCollector } from '../../node-internals/block-collector.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { BlockQueue } from './block-queue.ts';

interface Waiter {
  resolve(bytes: Uint8Array | null): void;
  reject(error: Error): void;
}

/** How many bytes may wait here before the connection is held back. */
const HIGH_WATER_BYTES = 64 * 1024;

/** The body of a request, pulled block by block. While the application does not pull, the client has to wait. */
export abstract class PulledBody implements ByteSource {
  readonly #queue = new BlockQueue();
  readonly #collector: BlockCollector | undefined;
  #waiter: Waiter | undefined;
  #failure: Error | undefined;
  /** The waiter wants all of the body at once. */
  #isForAll = false;

  /** @param collector Collects the blocks that were read. @default V8 does it when it likes */
  constructor(collector?: BlockCollector | undefined) {
    this.#collector = collector;
  }

  /** Whether all of it has come. */
  protected abstract readonly isAtEnd: boolean;
  /** Reads no more from the connection. Called again while that is so. */
  protected abstract holdBack(): void;
  /** Reads on, if the connection is held back. */
  protected abstract goOn(): void;

  /** Whether the application waits for bytes to come. */
  get isWaiting(): boolean {
    return this.#waiter !== undefined;
  }

  pull(): Uint8Array | null | Promise<Uint8Array | null> {
    const block = this.#queue.shift();
    if (block !== undefined) {
      if (this.#queue.bytes < HIGH_WATER_BYTES) this.goOn();
      return block;
    }
    if (this.#failure === undefined && this.isAtEnd) return null;
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiter = { resolve, reject };
      else reject(this.#failure);
    });
  }

  /** The rest of the body, by one promise for any number of blocks. */
  rest(): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      if (this.isAtEnd) return resolve(this.#queue.takeAll());
      this.#isForAll = true;
      this.#waiter = { resolve: () => resolve(this.#queue.takeAll()), reject };
      this.goOn();
    });
  }

  /** Nothing more will come: a pending read is rejected, and what does come is discarded. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#queue.takeAll();
    this.#settle((waiter) => waiter.reject(error));
  }

  /** The response has ended: what was not read is thrown away. */
  discard(): void {
    this.fail(new Error('The response has ended, and what was left of wsgi.input was thrown away.'));
  }

  protected get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Takes a block that has come. */
  protected take(block: Uint8Array): void {
    this.#collector?.made(block.length);
    if (!this.#isForAll && this.#waiter !== undefined) {
      this.#settle((waiter) => waiter.resolve(block));
      return;
    }
    this.#queue.push(block);
    if (!this.#isForAll && this.#queue.bytes >= HIGH_WATER_BYTES) this.holdBack();
  }

  /** All of it has come, and was taken. */
  protected finish(): void {
    this.#settle((waiter) => waiter.resolve(null));
  }

  #settle(how: (waiter: Waiter) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) how(waiter);
  }
}
