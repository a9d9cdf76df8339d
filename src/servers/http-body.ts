import type { IncomingMessage } from 'node:http';
import type { ByteSource } from '../wsgi/input.ts';

interface Waiter {
  resolve(bytes: Uint8Array | null): void;
  reject(error: Error): void;
}

/** The body of an HTTP request, pulled block by block. While nobody pulls, the client is made to wait. */
export class HttpBody implements ByteSource {
  readonly #request: IncomingMessage;
  #waiter: Waiter | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    request.on('data', (block: Buffer) => {
      if (this.#waiter === undefined) return; // it is being discarded
      request.pause();
      this.#settle((waiter) => waiter.resolve(block));
    });
    request.on('end', () => this.#settle((waiter) => waiter.resolve(null)));
  }

  pull(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      if (this.#request.readableEnded) return resolve(null);
      this.#waiter = { resolve, reject };
      this.#request.resume();
    });
  }

  /** Nothing more will come: whoever waits for it is told why. */
  fail(error: Error): void {
    this.#settle((waiter) => waiter.reject(error));
  }

  #settle(how: (waiter: Waiter) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) how(waiter);
  }
}
