import type { WSGIResponse } from '../wsgi/types.ts';
import { closing } from './closing.ts';

/**
 * Puts other blocks in the place of a response's and keeps its `close()`. A transform that yields a block for each
 * that it takes, an empty one when it has nothing to say yet, keeps a streamed response streaming.
 *
 * @param transform Makes the new blocks of the old ones, most easily a generator. It may return an array.
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
