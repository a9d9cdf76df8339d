const FIRST_BYTES = 1024;
const NOTHING = Buffer.alloc(0);

/** A head as a whole, and the bytes behind it. */
interface WholeHead {
  readonly head: Buffer;
  readonly rest: Buffer;
}

/** Joins the chunks of a head whose first bytes say its size. No more memory is taken than twice what has come. */
export class HeadBytes {
  readonly #sizeOf: (bytes: Buffer) => number | undefined;
  #size: number | undefined;
  #held = NOTHING;
  #length = 0;

  /** @param sizeOf the size of the head, as soon as it is known of its first bytes; what it throws, `add()` throws */
  constructor(sizeOf: (bytes: Buffer) => number | undefined) {
    this.#sizeOf = sizeOf;
  }

  /** How many bytes of the head have come so far. */
  get length(): number {
    return this.#length;
  }

  /** @returns undefined while bytes of the head are missing */
  add(chunk: Buffer): WholeHead | undefined {
    const bytes = this.#length === 0 ? chunk : this.#join(chunk);
    this.#size ??= this.#sizeOf(bytes);
    const size = this.#size;
    if (size === bytes.length) return { head: bytes, rest: NOTHING };
    if (size !== undefined && size < bytes.length)
      return { head: bytes.subarray(0, size), rest: bytes.subarray(size) };
    if (this.#length === 0) this.#join(chunk);
    this.#length = bytes.length;
    return undefined;
  }

  /** The bytes that were held, and those of a chunk behind them. */
  #join(chunk: Buffer): Buffer {
    const length = this.#length + chunk.length;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, length, 2 * this.#length));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#length);
    return this.#held.subarray(0, length);
  }
}
