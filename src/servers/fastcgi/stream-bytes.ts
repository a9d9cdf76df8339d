const FIRST_BYTES = 1024;
const NOTHING = Buffer.alloc(0);

/**
 * The bytes of a stream that arrive in parts. A single part, the common case, is not copied. Several parts are joined
 * in one buffer, since many small parts would use much more memory than their bytes.
 */
export class StreamBytes {
  length = 0;
  #bytes: Buffer = NOTHING;
  #isView = false;

  push(part: Buffer): void {
    if (this.length === 0) {
      this.#bytes = part;
      this.#isView = true;
    } else {
      this.#reserve(this.length + part.length);
      part.copy(this.#bytes, this.length);
    }
    this.length += part.length;
  }

  /** Makes a copy, unless there is one already, since the read buffer will be reused. */
  keep(): void {
    if (this.#isView) this.#reserve(this.length);
  }

  /** All bytes that have arrived, as a view. */
  get all(): Buffer {
    return this.#isView ? this.#bytes : this.#bytes.subarray(0, this.length);
  }

  #reserve(needed: number): void {
    if (!this.#isView && needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.length * 2, needed));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
    this.#isView = false;
  }
}
