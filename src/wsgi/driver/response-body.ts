import { describe, isPromiseLike, WSGIError } from '../errors.ts';
import type { Transport } from './transport.ts';

type Step = IteratorResult<unknown>;

/** `suspended`: no block is requested. `pending`: a block is requested. `ended`: there are no more blocks. */
type State = 'suspended' | 'pending' | 'ended';

/**
 * The blocks of the iterable that an application returned, one at a time. `for await` is not used: it waits for a pending
 * block even after the client has disconnected, and takes a turn of the microtask queue for each block of an array.
 */
export class ResponseBody {
  /** The length of the whole body, when the application returned an array. */
  readonly length: number | undefined;
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #transport: Transport;
  readonly #stream: { destroy?(): unknown };
  #state: State = 'suspended';

  constructor(response: unknown, transport: Transport) {
    this.#iterator = iteratorOf(response);
    this.#transport = transport;
    this.#stream = response as object;
    this.length = Array.isArray(response) ? totalLength(response) : undefined;
  }

  get isPending(): boolean {
    return this.#state === 'pending';
  }

  /** Requests the next block. Rejected if the client disconnects before the block arrives. */
  next(): Step | Promise<Step> {
    this.#state = 'ended';
    const next = this.#iterator.next();
    if (!isPromiseLike(next)) return this.#received(next);
    this.#state = 'pending';
    return new Promise((resolve, reject) => {
      this.#transport.onDisconnect(() => reject(this.#transport.departure));
      next.then(
        (step) => resolve(this.#received(step)),
        (error) => {
          this.#state = 'ended';
          reject(error);
        },
      );
    });
  }

  /** Ends the iteration early: a generator runs its `finally` blocks, and a stream releases its source. */
  release(): unknown {
    if (this.#state === 'ended') return undefined;
    // The iterator of a Node stream would first wait for the pending block.
    if (this.isPending) this.#stream.destroy?.();
    return this.#iterator.return?.();
  }

  #received(step: Step): Step {
    this.#state = step.done ? 'ended' : 'suspended';
    return step;
  }
}

function iteratorOf(response: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  checkIterable(response);
  return response[Symbol.asyncIterator]?.() ?? response[Symbol.iterator]!();
}

type SomeIterable = Partial<AsyncIterable<unknown> & Iterable<unknown>>;

/** Checks what an application returned. */
export function checkIterable(response: unknown): asserts response is SomeIterable {
  if (typeof response === 'string' || ArrayBuffer.isView(response)) {
    throw new WSGIError(
      `An application returns an iterable of blocks, but this one returned ${describe(response)} itself. ` +
        'Put it into an array: [block], or [new TextEncoder().encode(text)].',
      'The Application/Framework Side',
    );
  }
  const iterable = response as SomeIterable | null | undefined;
  if (iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator]) return;
  throw new WSGIError(
    `An application returns an iterable of blocks, but this one returned ${describe(response)}. ` +
      'Return an array, [block], or a generator; [] for an empty body.',
    'The Application/Framework Side',
  );
}

function totalLength(blocks: readonly unknown[]): number {
  let length = 0;
  for (const block of blocks) length += checkBlock(block).length;
  return length;
}

/** Checks a block that was yielded or given to `write()`. */
export function checkBlock(block: unknown): Uint8Array {
  if (block instanceof Uint8Array) return block;
  throw new WSGIError(
    `A body is made of Uint8Array blocks, but the application gave ${describe(block)}. ` +
      'Encode text with new TextEncoder().encode(text), and await promises.',
    'Buffering and Streaming',
  );
}
