import type { BlockCollector } from '../../node-internals/block-collector.ts';
import type { ByteSource } from '../../wsgi/environ/input.ts';
import { BlockQueue } from './block-queue.ts';

interface Waiter {
  resolve(bytes: Uint8Array | null): void;
  reject(error: Error): void;
}

/** The connection is paused when this number of bytes is waiting. */
const HIGH_WATER_BYTES = 64 * 1024;

/** The body of a request, read block by block. While the application does not read, the client must wait. */
export abstract class PulledBody implements ByteSource {
  readonly #queue = new BlockQueue();
  readonly #collector: BlockCollector | undefined;
  #waiter: Waiter | undefined;
  #failure: Error | undefined;
  /** Whether the waiting caller wants the whole body at once. */
  #isForAll = false;

  /** @param collector Frees the memory of blocks that were read. @default left to V8 */
  constructor(collector?: BlockCollector | undefined) {
    this.#collector = collector;
  }

  /** Whether the whole body has arrived. */
  protected abstract readonly isAtEnd: boolean;
  /** Stops reading from the connection. It may be called again in that state. */
  protected abstract holdBack(): void;
  /** Resumes reading if the connection is paused. */
  protected abstract goOn(): void;

  /** Whether the application waits for further bytes. */
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

  /** The rest of the body. It takes one promise for any number of blocks. */
  rest(): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      if (this.isAtEnd) return resolve(this.#queue.takeAll());
      this.#isForAll = true;
      this.#waiter = { resolve: () => resolve(this.#queue.takeAll()), reject };
      this.goOn();
    });
  }

  /** Ends the body with an error: a pending read is rejected, and bytes that still arrive are discarded. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#queue.takeAll();
    this.#settle((waiter) => waiter.reject(error));
  }

  /** Discards unread bytes after the end of the response. */
  discard(): void {
    this.fail(new Error('The response has ended, so the unread rest of wsgi.input was discarded.'));
  }

  protected get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Adds a block that has arrived. */
  protected take(block: Uint8Array): void {
    this.#collector?.made(block.length);
    if (!this.#isForAll && this.#waiter !== undefined) {
      this.#settle((waiter) => waiter.resolve(block));
      return;
    }
    this.#queue.push(block);
    if (!this.#isForAll && this.#queue.bytes >= HIGH_WATER_BYTES) this.holdBack();
  }

  /** Called when the whole body has arrived and was added. */
  protected finish(): void {
    this.#settle((waiter) => waiter.resolve(null));
  }

  #settle(how: (waiter: Waiter) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) how(waiter);
  }
}
