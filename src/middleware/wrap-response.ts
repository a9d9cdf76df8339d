import type { WSGIResponse } from '../wsgi/types.ts';
import { closing } from './closing.ts';

/**
 * Replaces the blocks of a response and keeps its `close()`. To keep a streamed response a stream, the transform yields one
 * block for each block that it reads; the block may be empty.
 *
 * @param transform Makes the new blocks from the old ones: usually a generator. It may also return an array.
 *
 * @example
 * import { wrapResponse } from 'startproject/middleware';
 * import type { WSGIApplication } from 'startproject/wsgi';
 *
 * function shouting(application: WSGIApplication): WSGIApplication {
 *   return async function shout(environ, startResponse) {
 *     const response = await application(environ, startResponse);
 *     return wrapResponse(response, async function* (blocks) {
 *       for await (const block of blocks) yield Buffer.from(Buffer.from(block).toString().toUpperCase());
 *     });
 *   };
 * }
 *
 * export const application = shouting((_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   return [Buffer.from('hello')];
 * });
 */
export function wrapResponse(
  response: WSGIResponse,
  transform: (blocks: WSGIResponse) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): WSGIResponse {
  const blocks = transform(response);
  return blocks === response ? response : closing(blocks, () => response.close?.());
}
