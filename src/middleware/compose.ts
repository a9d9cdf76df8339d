import type { WSGIApplication } from '../wsgi/types.ts';
import { watchable } from '../wsgi/watchable.ts';

/** Takes an application and returns an application. For examples, see `wrapResponse()` and `compose()`. */
export type WSGIMiddleware = (application: WSGIApplication) => WSGIApplication;

/**
 * Wraps an application in middleware, the outermost first. A request passes them in this order, and the response in the reverse
 * order. `compose(timing, gzip, application)` is `timing(gzip(application))`; with `compose()` the validator can name
 * the middleware that does not forward `close()`.
 *
 * @example
 * import { compose, type WSGIMiddleware, wrapResponse } from 'startproject/middleware';
 *
 * const saying = (word: string): WSGIMiddleware => (application) => async (environ, startResponse) =>
 *   wrapResponse(await application(environ, startResponse), async function* (blocks) {
 *     yield Buffer.from(`${word} `);
 *     yield* blocks;
 *   });
 *
 * export const application = compose(saying('outer'), saying('inner'), (environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   return [Buffer.from('hello')];
 * });
 */
export function compose(...layers: readonly [...WSGIMiddleware[], WSGIApplication]): WSGIApplication {
  const middleware = layers.slice(0, -1) as WSGIMiddleware[];
  const application = layers.at(-1) as WSGIApplication;
  return middleware.reduceRight((inner, wrap) => wrap(watchable(inner)), application);
}
