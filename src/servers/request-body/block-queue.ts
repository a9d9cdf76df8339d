/**
 * With this number of waiting blocks or more, small blocks are joined. A client may send single bytes, and each block
 * has an overhead.
 */
const FEW_BLOCKS = 8;
const SMALL_BLOCK_BYTES = 1024;
const JOINED_BYTES = 16 * 1024;

/**
 * The blocks of a request's body that wait to be read. They use little more memory than their bytes, however small the
 * blocks are.
 */
export class BlockQueue {
  /** The number of waiting bytes. */
  bytes = 0;
  #blocks: Uint8Array[] = [];
  /** The buffer that contains the last block, if that was joined from small ones. */
  #joined: Uint8Array | undefined;

  push(block: Uint8Array): void {
    const blocks = this.#blocks;
    this.bytes += block.length;
    if (blocks.length < FEW_BLOCKS || block.length > SMALL_BLOCK_BYTES) {
      this.#joined = undefined;
      blocks.push(block);
      return;
    }
    const used = this.#joined === undefined ? JOINED_BYTES : blocks.at(-1)!.length;
    if (used + block.length > JOINED_BYTES) {
      this.#joined = Buffer.allocUnsafeSlow(JOINED_BYTES);
      this.#joined.set(block);
      blocks.push(this.#joined.subarray(0, block.length));
    } else {
      this.#joined!.set(block, used);
      blocks[blocks.length - 1] = this.#joined!.subarray(0, used + block.length);
    }
  }

  shift(): Uint8Array | undefined {
    const block = this.#blocks.shift();
    if (block === undefined) return undefined;
    this.bytes -= block.length;
    this.#joined = undefined;
    return block;
  }

  /** Empties the queue. @returns all waiting blocks */
  takeAll(): Uint8Array[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#joined = undefined;
    this.bytes = 0;
    return blocks;
  }
}
