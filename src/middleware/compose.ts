import type { WSGIApplication } from '../wsgi/types.ts';
import { watchable } from '../wsgi/watchable.ts';

/** Wraps an application: takes one and returns another. `wrapResponse()` and `compose()` have examples. */
export type WSGIMiddleware = (application: WSGIApplication) => WSGIApplication;

/**
 * Wraps an application in middleware, the outermost first: a request passes them as they are written, and the
 * response comes back the other way. `compose(timing, gzip, application)` is `timing(gzip(application))`, and lets the
 * validator tell for certain which of them does not forward `close()`.
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
