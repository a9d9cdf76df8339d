import { type FileHandle, open } from 'node:fs/promises';
import type { WSGIResponse } from '../../wsgi/types.ts';
import type { StaticFile } from './static-folders.ts';

const BLOCK_BYTES = 64 * 1024;

/** Opens a file for reading; undefined when it is another than it was. */
export async function openUnchanged({ path, size, mtimeMs }: StaticFile): Promise<FileHandle | undefined> {
  const handle = await open(path).catch(() => undefined); // gone, which is a change too
  const stats = await handle?.stat();
  if (stats?.size === size && stats.mtimeMs === mtimeMs) return handle;
  await handle?.close();
  return undefined;
}

/** The bytes of a file from `start` on. The next block is read while the client takes one. `close()` closes the file. */
export function fileBlocks(handle: FileHandle, start: number, length: number): WSGIResponse {
  const end = start + length;
  let reading: Promise<Uint8Array> | undefined;

  async function read(position: number): Promise<Uint8Array> {
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, end - position));
    const { bytesRead } = await handle.read(block, 0, block.length, position);
    if (bytesRead === 0) throw new Error('A static file has become shorter while it was sent.');
    return block.subarray(0, bytesRead);
  }

  async function* blocks(): AsyncGenerator<Uint8Array> {
    let position = start;
    reading = read(position);
    while (position < end) {
      const block = await reading;
      position += block.length;
      if (position < end) {
        reading = read(position);
        reading.catch(() => {}); // it is thrown when the block's turn comes, if that comes
      }
      yield block;
    }
  }

  return {
    [Symbol.asyncIterator]: blocks,
    async close() {
      await reading?.catch(() => {}); // a file is not to be closed while it is read
      await handle.close();
    },
  };
}
