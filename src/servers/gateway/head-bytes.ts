const FIRST_BYTES = 1024;
const NOTHING = Buffer.alloc(0);

/** A complete head, and the bytes after it. */
interface WholeHead {
  readonly head: Buffer;
  readonly rest: Buffer;
}

/**
 * Joins the chunks of a head. Its first bytes contain its size. Memory is allocated for at most twice the received
 * bytes.
 */
export class HeadBytes {
  readonly #sizeOf: (bytes: Buffer) => number | undefined;
  #size: number | undefined;
  #held = NOTHING;
  #length = 0;

  /** @param sizeOf returns the size of the head as soon as its first bytes contain it; `add()` passes on its errors */
  constructor(sizeOf: (bytes: Buffer) => number | undefined) {
    this.#sizeOf = sizeOf;
  }

  /** The number of bytes of the head that have arrived. */
  get length(): number {
    return this.#length;
  }

  /** @returns undefined while the head is incomplete */
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

  /** Joins the stored bytes with those of a chunk. */
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
