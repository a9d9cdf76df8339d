import type { IncomingMessage } from 'node:http';
import type { ByteSource } from '../wsgi/input.ts';
import { bodyTooLarge, type RequestLimits } from './http-limits.ts';
import { HttpRefusal } from './http-refusal.ts';

interface Waiter {
  resolve(bytes: Uint8Array | null): void;
  reject(error: Error): void;
}

/** What frames, routes or authorises a request comes before its body, or not at all (RFC 9110, section 6.5.1). */
const FORBIDDEN_TRAILERS: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
]);

/** The body of an HTTP request, pulled block by block. While nobody pulls, the client is made to wait. */
export class HttpBody implements ByteSource {
  /** How many bytes of it have come. */
  bytes = 0;
  readonly #request: IncomingMessage;
  #waiter: Waiter | undefined;

  /** @param onRefusal is told when it is more than a limit allows, or ends as it must not. */
  constructor(request: IncomingMessage, limits: RequestLimits, onRefusal: (refusal: HttpRefusal) => void) {
    this.#request = request;
    request.on('data', (block: Buffer) => {
      if (this.#waiter === undefined) return; // it is being discarded
      request.pause();
      this.bytes += block.length;
      if (this.bytes > limits.body) onRefusal(bodyTooLarge(limits));
      else this.#settle((waiter) => waiter.resolve(block));
    });
    request.on('end', () => {
      const refusal = checkTrailers(request);
      if (refusal === undefined) this.#settle((waiter) => waiter.resolve(null));
      else onRefusal(refusal);
    });
  }

  get isWaiting(): boolean {
    return this.#waiter !== undefined;
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

/** The refusal of a request whose body has come and is followed by a field that must not be there. */
export function checkTrailers({ rawTrailers }: IncomingMessage): HttpRefusal | undefined {
  const name = rawTrailers.find((field, i) => i % 2 === 0 && FORBIDDEN_TRAILERS.has(field.toLowerCase()));
  return name === undefined ? undefined : new HttpRefusal(400, `${name} is not allowed behind a body.`);
}
