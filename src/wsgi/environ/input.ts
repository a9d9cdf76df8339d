import { ClientDisconnected, describe, isPromiseLike } from '../errors.ts';
import type { WSGIInput } from '../types.ts';
import { CLIENT, type Client, ClientPresence, type InputOfClient } from './client-presence.ts';
import { joinBlocks } from './join-blocks.ts';

/** The source of a request's body. It delivers on request only, which is the back-pressure. */
export interface ByteSource {
  /** The next bytes, `null` at the end. Rejected with `ClientDisconnected` when the client disconnects. */
  pull(): Uint8Array | null | Promise<Uint8Array | null>;
  /** The whole rest, for sources that can collect it. Rejected in the same way as `pull()`. */
  rest?(): Promise<readonly Uint8Array[]>;
}

type Step = IteratorResult<Uint8Array, undefined>;

const NOTHING = new Uint8Array(0);
const LINE_FEED = 10;

/**
 * A request's body as `wsgi.input`. Where possible, it returns views of the received blocks instead of copies. They are plain
 * `Uint8Array`s, so that code which works with one block works with several.
 */
export class RequestInput implements WSGIInput, InputOfClient {
  readonly #source: ByteSource;
  /** The number of bytes that are left in the source, by CONTENT_LENGTH. */
  #remaining: number;
  #buffered: Uint8Array = NOTHING;
  #isReading = false;

  /** @param length CONTENT_LENGTH, for a source that does not end by itself. @default infinity */
  constructor(source: ByteSource, length = Number.POSITIVE_INFINITY) {
    this.#source = source;
    this.#remaining = length;
  }

  get [CLIENT](): Client | undefined {
    return this.#source instanceof ClientPresence ? this.#source : undefined;
  }

  async read(size?: number): Promise<Uint8Array> {
    let wanted = limitOf(size);
    this.#begin();
    try {
      const parts: Uint8Array[] = [];
      const isAll = wanted === Number.POSITIVE_INFINITY && this.#remaining === wanted;
      if (isAll && this.#source.rest !== undefined) {
        if (this.#buffered.length > 0) parts.push(this.#take(wanted));
        const rest = await this.#source.rest();
        this.#remaining = 0;
        return joinBlocks(parts.concat(rest));
      }
      while (wanted > 0 && (this.#buffered.length > 0 || (await this.#fill()))) {
        const part = this.#take(wanted);
        parts.push(part);
        wanted -= part.length;
      }
      return joinBlocks(parts);
    } finally {
      this.#isReading = false;
    }
  }

  async readline(size?: number): Promise<Uint8Array> {
    let wanted = limitOf(size);
    this.#begin();
    try {
      const parts: Uint8Array[] = [];
      while (wanted > 0 && (this.#buffered.length > 0 || (await this.#fill()))) {
        const end = this.#buffered.indexOf(LINE_FEED) + 1;
        const part = this.#take(Math.min(wanted, end || Number.POSITIVE_INFINITY));
        parts.push(part);
        wanted -= part.length;
        if (part.at(-1) === LINE_FEED) break;
      }
      return joinBlocks(parts);
    } finally {
      this.#isReading = false;
    }
  }

  async readlines(hint?: number): Promise<Uint8Array[]> {
    const lines: Uint8Array[] = [];
    let wanted = limitOf(hint === 0 ? undefined : hint);
    while (wanted > 0) {
      const line = await this.readline();
      if (line.length === 0) break;
      lines.push(line);
      wanted -= line.length;
    }
    return lines;
  }

  /** Not an async generator, which makes six promises for each block. This makes one or two. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array, undefined> {
    const step = (): Step => {
      this.#isReading = false;
      if (this.#buffered.length === 0) return { done: true, value: undefined };
      return { done: false, value: this.#take(Number.POSITIVE_INFINITY) };
    };
    const fail = (error: unknown): never => {
      this.#isReading = false;
      throw error;
    };
    const receive = (bytes: Uint8Array | null): Step | Promise<Step> => {
      try {
        this.#received(bytes);
      } catch (error) {
        fail(error);
      }
      return pull();
    };
    const pull = (): Step | Promise<Step> => {
      if (!this.#isEmpty()) return step();
      const pulled = this.#source.pull();
      return isPromiseLike(pulled)
        ? (pulled as Promise<Uint8Array | null>).then(receive, fail)
        : receive(pulled);
    };
    return {
      next: () =>
        new Promise((resolve) => {
          this.#begin();
          try {
            resolve(pull());
          } catch (error) {
            fail(error);
          }
        }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #begin(): void {
    if (this.#isReading) {
      throw new Error(
        "wsgi.input is being read already, and two reads would each get a part of the body. Await the first: 'await input.read()'.",
      );
    }
    this.#isReading = true;
  }

  /** Fills the buffer, unless the body has ended. @returns whether it contains data */
  async #fill(): Promise<boolean> {
    while (this.#isEmpty()) {
      const pulled = this.#source.pull();
      this.#received(isPromiseLike(pulled) ? await pulled : pulled);
    }
    return this.#buffered.length > 0;
  }

  /** Whether the buffer is empty and the body may have more data. */
  #isEmpty(): boolean {
    return this.#buffered.length === 0 && this.#remaining > 0;
  }

  #received(bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.#end();
      return;
    }
    const length = Math.min(bytes.length, this.#remaining);
    this.#buffered = new Uint8Array(bytes.buffer, bytes.byteOffset, length);
    this.#remaining -= length;
  }

  #end(): void {
    const missing = this.#remaining;
    this.#remaining = 0;
    if (missing === Number.POSITIVE_INFINITY) return;
    throw new ClientDisconnected(`The request body ended ${missing} bytes before its CONTENT_LENGTH.`);
  }

  #take(size: number): Uint8Array {
    const all = this.#buffered;
    if (size >= all.length) {
      this.#buffered = NOTHING;
      return all;
    }
    this.#buffered = all.subarray(size);
    return all.subarray(0, size);
  }
}

function limitOf(size: number | undefined): number {
  if (size === undefined) return Number.POSITIVE_INFINITY;
  if (!Number.isInteger(size)) {
    throw new TypeError(`wsgi.input takes a whole number as the size, and got ${describe(size)}.`);
  }
  return size < 0 ? Number.POSITIVE_INFINITY : size;
}
