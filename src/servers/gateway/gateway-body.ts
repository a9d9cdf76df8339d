import type { ByteSource } from '../../wsgi/environ/input.ts';
import { BlockQueue } from '../block-queue.ts';

interface Waiter {
  resolve(bytes: Uint8Array | null): void;
  reject(error: Error): void;
}

/** Holds a connection back while a body on it waits to be read. */
export interface BodyFlow {
  holdBack(): void;
  goOn(): void;
}

/** How many bytes may wait here before the connection is paused. */
const HIGH_WATER_BYTES = 64 * 1024;

/** The body of a request, pulled block by block. While the application does not pull, the web server has to wait. */
export class GatewayBody implements ByteSource {
  readonly #flow: BodyFlow;
  readonly #queue = new BlockQueue();
  #waiter: Waiter | undefined;
  #failure: Error | undefined;
  #isEnded = false;
  #isHeldBack = false;
  /** The waiter wants all of the body at once. */
  #isForAll = false;

  constructor(flow: BodyFlow) {
    this.#flow = flow;
  }

  /** Whether the application waits for bytes to come. */
  get isWaiting(): boolean {
    return this.#waiter !== undefined;
  }

  pull(): Uint8Array | null | Promise<Uint8Array | null> {
    const block = this.#queue.shift();
    if (block !== undefined) {
      if (this.#queue.bytes < HIGH_WATER_BYTES) this.#goOn();
      return block;
    }
    if (this.#failure === undefined && this.#isEnded) return null;
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiter = { resolve, reject };
      else reject(this.#failure);
    });
  }

  rest(): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      if (this.#isEnded) return resolve(this.#queue.takeAll());
      this.#isForAll = true;
      this.#waiter = { resolve: () => resolve(this.#queue.takeAll()), reject };
      this.#goOn();
    });
  }

  /** Takes what has come of it. */
  receive(block: Uint8Array): void {
    if (this.#failure !== undefined || this.#isEnded) return;
    if (!this.#isForAll && this.#waiter !== undefined) {
      this.#settle((waiter) => waiter.resolve(block));
      return;
    }
    this.#queue.push(block);
    if (this.#isForAll || this.#isHeldBack || this.#queue.bytes < HIGH_WATER_BYTES) return;
    this.#isHeldBack = true;
    this.#flow.holdBack();
  }

  /** All of it has come. */
  end(): void {
    this.#isEnded = true;
    this.#goOn();
    this.#settle((waiter) => waiter.resolve(null));
  }

  /** Nothing more will come: a pending read is rejected, and what does come is discarded. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#queue.takeAll();
    this.#goOn();
    this.#settle((waiter) => waiter.reject(error));
  }

  #goOn(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#flow.goOn();
  }

  #settle(how: (waiter: Waiter) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) how(waiter);
  }
}
