import type { IncomingMessage } from 'node:http';
import type { ByteSource } from '../../../wsgi/environ/input.ts';
import { BlockQueue } from '../../block-queue.ts';
import type { RequestLimits } from '../../request-limits.ts';
import { bodyTooLarge } from './limits.ts';
import { HttpRefusal } from './refusal.ts';

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

/** How many bytes may wait here before the connection is paused. */
const HIGH_WATER_BYTES = 64 * 1024;

/** The body of an HTTP request, pulled block by block. While the application does not pull, the client has to wait. */
export class HttpBody implements ByteSource {
  /** How many bytes of it have come. */
  bytes = 0;
  readonly #request: IncomingMessage;
  readonly #limits: RequestLimits;
  readonly #onRefusal: (refusal: HttpRefusal) => void;
  readonly #queue = new BlockQueue();
  #waiter: Waiter | undefined;
  #failure: Error | undefined;
  /** The waiter wants all of the body at once. */
  #isForAll = false;

  /** @param onRefusal called when the body is larger than a limit allows, or ends as it must not. */
  constructor(request: IncomingMessage, limits: RequestLimits, onRefusal: (refusal: HttpRefusal) => void) {
    this.#request = request;
    this.#limits = limits;
    this.#onRefusal = onRefusal;
    request.on('data', (block: Buffer) => this.#received(block));
    request.on('end', () => this.#ended());
  }

  get isWaiting(): boolean {
    return this.#waiter !== undefined;
  }

  pull(): Uint8Array | null | Promise<Uint8Array | null> {
    const block = this.#queue.shift();
    if (block !== undefined) {
      if (this.#queue.bytes < HIGH_WATER_BYTES && this.#request.isPaused()) this.#request.resume();
      return block;
    }
    if (this.#failure === undefined && this.#request.readableEnded) return null;
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiter = { resolve, reject };
      else reject(this.#failure);
    });
  }

  /** The rest of the body, by one promise for any number of blocks. */
  rest(): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      if (this.#request.readableEnded) return resolve(this.#queue.takeAll());
      this.#isForAll = true;
      this.#waiter = { resolve: () => resolve(this.#queue.takeAll()), reject };
      this.#request.resume();
    });
  }

  /** Nothing more will come: a pending read is rejected, and what does come is discarded. */
  fail(error: Error): void {
    this.#failure = error;
    this.#queue.takeAll();
    this.#settle((waiter) => waiter.reject(error));
  }

  #received(block: Buffer): void {
    if (this.#failure !== undefined) return;
    this.bytes += block.length;
    if (this.bytes > this.#limits.body) {
      this.#onRefusal(bodyTooLarge(this.#limits));
    } else if (this.#isForAll) {
      this.#queue.push(block);
    } else if (this.#waiter !== undefined) {
      this.#settle((waiter) => waiter.resolve(block));
    } else {
      this.#queue.push(block);
      if (this.#queue.bytes >= HIGH_WATER_BYTES) this.#request.pause();
    }
  }

  #ended(): void {
    const refusal = checkTrailers(this.#request);
    if (refusal === undefined) this.#settle((waiter) => waiter.resolve(null));
    else this.#onRefusal(refusal);
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
