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

/** A function from Request to Response, such as `app.fetch` of Hono and h3. */
export type FetchHandler = (request: Request, context: FetchContext) => Response | Promise<Response>;

/**
 * The options of `fromFetch()`.
 *
 * @example
 * import type { FromFetchOptions } from 'startproject/adapters/fetch';
 *
 * export const options: FromFetchOptions = { wholePath: true };
 */
export interface FromFetchOptions {
  /**
   * Leaves SCRIPT_NAME in the request's URL, for a framework that handles a prefix itself.
   * @default false: the path of the URL begins below the mount point, which is `context.environ.SCRIPT_NAME`
   */
  readonly wholePath?: boolean | undefined;
}

/**
 * A WSGI application that calls a function from `Request` to `Response`.
 *
 * `request.signal` is aborted when the client disconnects before it has the whole response. If no `Request` can be made, the
 * response is 400, or 501 for a forbidden method. If the handler throws, or returns another value than a Response, this is an
 * error of the application: 500.
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

/** Calls the handler, and converts an error that it throws to a rejection. */
function call(handler: FetchHandler, request: Request, context: FetchContext): Response | Promise<Response> {
  try {
    return handler(request, context);
  } catch (error) {
    return Promise.reject(error);
  }
}
