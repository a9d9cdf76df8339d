import type { WSGIResponse } from '../wsgi/types.ts';

type Blocks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Adds a `close()` to blocks. It runs at the end of every response, also if the server reads no block, when the `finally` of a
 * generator does not run. If the blocks have a `close()`, it is called first. The blocks themselves are not changed, and an
 * array stays an array, so that its length is known.
 *
 * @param close Awaited by the server. It runs also when the `close()` of the blocks throws.
 *
 * @example
 * import { closing } from 'startproject/middleware';
 * import type { WSGIApplication } from 'startproject/wsgi';
 *
 * const pool = { connect: () => ({ rows: ['1,Ada'], release() {} }) };
 *
 * export const application: WSGIApplication = (_environ, startResponse) => {
 *   const client = pool.connect();
 *   startResponse('200 OK', [['Content-Type', 'text/csv']]);
 *   async function* lines() {
 *     yield Buffer.from('id,name\n');
 *     for (const row of client.rows) yield Buffer.from(`${row}\n`);
 *   }
 *   return closing(lines(), () => client.release());
 * };
 */
export function closing(blocks: Blocks, close: () => void | Promise<void>): WSGIResponse {
  const closeAll = async () => {
    try {
      await (blocks as WSGIResponse).close?.();
    } finally {
      await close();
    }
  };
  if (Array.isArray(blocks)) return Object.assign([...blocks], { close: closeAll });
  if (Symbol.asyncIterator in blocks) {
    return { [Symbol.asyncIterator]: () => blocks[Symbol.asyncIterator](), close: closeAll };
  }
  return { [Symbol.iterator]: () => blocks[Symbol.iterator](), close: closeAll };
}
