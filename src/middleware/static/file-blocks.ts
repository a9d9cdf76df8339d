import { close, fstat, open, read, type Stats } from 'node:fs';
import type { WSGIResponse } from '../../wsgi/types.ts';
import type { StaticFile } from './static-folders.ts';

/**
 * Read by callbacks: each call of `fs/promises` makes arrays for a result that most calls do not have. By `bench/static.js`,
 * Node 24, a file of 1 MiB took 1,430 µs so, and 1,970 in blocks of 64 KiB by promises.
 */
const BLOCK_BYTES = 256 * 1024;

/** Opens a file for reading; undefined when it is another than it was. */
export async function openUnchanged({ path, size, mtimeMs }: StaticFile): Promise<number | undefined> {
  const descriptor = await new Promise<number | undefined>(
    (resolve) => open(path, (_error, descriptor) => resolve(descriptor)), // gone, which is a change too
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

/** The bytes of a file from `start` on. The next block is read while the client takes one. `close()` closes the file. */
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
        reading.catch(() => {}); // it is thrown when the block's turn comes, if that comes
      }
      yield block;
    }
  }

  return {
    [Symbol.asyncIterator]: blocks,
    async close() {
      await reading?.catch(() => {}); // a file is not to be closed while it is read
      await closeFile(descriptor);
    },
  };
}
