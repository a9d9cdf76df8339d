import { BadRequest, MethodNotImplemented } from '../../web/request/bad-request.ts';
import { buildRequest } from '../../web/request/build-request.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';
import { watchable } from '../../wsgi/watchable.ts';
import { answerWith } from './awaited-response.ts';
import { FetchTarget } from './target.ts';

/** The second argument of a fetch handler. Hono has it as `c.env`. */
export interface FetchContext {
  /** The environ that the application was called with. */
  readonly environ: Environ;
}

/** What runtimes serve, and what frameworks for the web's standards have: `app.fetch` of Hono and of h3. */
export type FetchHandler = (request: Request, context: FetchContext) => Response | Promise<Response>;

/**
 * What `fromFetch()` takes beside the handler.
 *
 * @example
 * import type { FromFetchOptions } from 'startproject/adapters/fetch';
 *
 * export const options: FromFetchOptions = { wholePath: true };
 */
export interface FromFetchOptions {
  /**
   * Leaves SCRIPT_NAME in the request's URL, for a framework that routes below a prefix of its own.
   * @default false: the URL's path begins below the mount, and `context.environ.SCRIPT_NAME` tells of it
   */
  readonly wholePath?: boolean | undefined;
}

/**
 * A WSGI application of a function from `Request` to `Response`.
 *
 * `request.signal` is aborted when the client goes away before it has the whole response. A request that a `Request`
 * cannot hold is answered 400, or 501 for its method. What the handler throws, and what is not a Response, is an error of
 * the application: 500.
 *
 * @example
 * import { Hono } from 'hono';
 * import { fromFetch } from 'startproject/adapters/fetch';
 *
 * const api = new Hono();
 * api.get('/cart', (c) => c.text('Nothing in it.'));
 * export const application = fromFetch(api.fetch);
 */
export function fromFetch(
  handler: FetchHandler,
  { wholePath = false }: FromFetchOptions = {},
): WSGIApplication {
  return watchable(function fetchHandlerApplication(environ, startResponse) {
    let target: FetchTarget;
    let request: Request;
    try {
      target = new FetchTarget(environ, wholePath);
      request = buildRequest(environ, target);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      const status = error instanceof MethodNotImplemented ? '501 Not Implemented' : '400 Bad Request';
      startResponse(status, [['Content-Type', 'text/plain; charset=utf-8']]);
      return [new TextEncoder().encode(`${error.message}\n`)];
    }
    return answerWith(call(handler, request, { environ }), { environ, startResponse, target });
  });
}

/** What a handler throws at once is a rejection like any other. */
function call(handler: FetchHandler, request: Request, context: FetchContext): Response | Promise<Response> {
  try {
    return handler(request, context);
  } catch (error) {
    return Promise.reject(error);
  }
}
