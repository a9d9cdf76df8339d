import { close, fstat, open, read, type Stats } from 'node:fs';
import type { WSGIResponse } from '../../wsgi/types.ts';
import type { StaticFile } from './static-folders.ts';

/**
 * Files are read by callbacks: each call of `fs/promises` makes arrays for a result that most calls do not have.
 * `bench/static.js`, Node 24, a file of 1 MiB: 1,430 µs with these blocks and callbacks, 1,970 with blocks of 64 KiB
 * and promises.
 */
const BLOCK_BYTES = 256 * 1024;

/** Opens a file for reading. Undefined if it has changed since it was checked. */
export async function openUnchanged({ path, size, mtimeMs }: StaticFile): Promise<number | undefined> {
  const descriptor = await new Promise<number | undefined>(
    (resolve) => open(path, (_error, descriptor) => resolve(descriptor)), // A deleted file has also changed.
  );
  if (descriptor === undefined) return undefined;
  const stats = await new Promise<Stats | undefined>((resolve) =>
    fstat(descriptor, (_error, stats) => resolve(stats)),
  );
  if (stats?.size === size && stats.mtimeMs === mtimeMs) return descriptor;
  await closeFile(descriptor);
  return undefined;
}

export function closeFile(descriptor: number): Promise<void> {
  return new Promise((resolve) => close(descriptor, () => resolve()));
}

/**
 * The bytes of a file from `start` on. The next block is read while the client receives one. `close()` closes the file.
 */
export function fileBlocks(descriptor: number, start: number, length: number): WSGIResponse {
  const end = start + length;
  let reading: Promise<Uint8Array> | undefined;

  function readBlock(position: number): Promise<Uint8Array> {
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, end - position));
    return new Promise((resolve, reject) =>
      read(descriptor, block, 0, block.length, position, (error, bytesRead) => {
        if (error) reject(error);
        else if (bytesRead === 0) reject(new Error('A static file has become shorter while it was sent.'));
        else resolve(block.subarray(0, bytesRead));
      }),
    );
  }

  async function* blocks(): AsyncGenerator<Uint8Array> {
    let position = start;
    reading = readBlock(position);
    while (position < end) {
      const block = await reading;
      position += block.length;
      if (position < end) {
        reading = readBlock(position);
        reading.catch(() => {}); // The error is thrown when the block is requested, if it is.
      }
      yield block;
    }
  }

  return {
    [Symbol.asyncIterator]: blocks,
    async close() {
      await reading?.catch(() => {}); // A file must not be closed during a read.
      await closeFile(descriptor);
    },
  };
}
