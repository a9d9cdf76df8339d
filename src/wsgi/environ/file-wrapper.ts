import { describe } from '../errors.ts';
import type { FileLike, FileStream, WSGIResponse } from '../types.ts';

const BLOCK_SIZE = 64 * 1024;

/**
 * `wsgi.file_wrapper`: converts a file or a similar object to a response that closes it.
 *
 * @example
 * import { createReadStream } from 'node:fs';
 * import type { WSGIApplication } from 'startproject/wsgi';
 *
 * export const application: WSGIApplication = (environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'application/pdf']]);
 *   return environ['wsgi.file_wrapper'](createReadStream('report.pdf'));
 * };
 *
 * @param blockSize How much `read()` is asked for at a time. A stream chooses for itself. @default 64 KiB
 */
export function fileWrapper(file: FileLike | FileStream, blockSize = BLOCK_SIZE): WSGIResponse {
  const blocks = Symbol.asyncIterator in file ? file : readBlocks(file, blockSize);
  return {
    [Symbol.asyncIterator]: () => blocks[Symbol.asyncIterator](),
    close: () => closeFile(file),
  };
}

async function* readBlocks(file: FileLike, blockSize: number): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const block = await file.read(blockSize);
    if (block === null || block?.length === 0) return;
    if (!(block instanceof Uint8Array)) {
      throw new TypeError(
        `wsgi.file_wrapper takes a file whose read() gives a Uint8Array, and null at its end; it gave ${describe(block)}.`,
      );
    }
    yield block;
  }
}

async function closeFile(file: FileLike | FileStream): Promise<void> {
  if (file.close) await file.close();
  else if ('destroy' in file) file.destroy?.();
}
