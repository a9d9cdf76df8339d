import { BadRequest, MethodNotImplemented } from '../../web/request/bad-request.ts';
import { buildRequest } from '../../web/request/build-request.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';
import { watchable } from '../../wsgi/watchable.ts';
import { answerWith } from './awaited-response.ts';
import { FetchTarget } from './fetch-target.ts';

/** What a handler gets beside the request. Hono has it as `c.env`. */
export interface FetchContext {
  readonly environ: Environ;
}

/** What runtimes serve, and what every framework upon the web's standards can give: `app.fetch` of Hono and of h3. */
export type FetchHandler = (request: Request, context: FetchContext) => Response | Promise<Response>;

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
 * `request.signal` is aborted when the client goes away before it has the whole response.
 *
 * @example
 *     import { Hono } from 'hono';
 *     import { fromFetch } from 'startproject/adapters/fetch';
 *
 *     const api = new Hono();
 *     api.get('/cart', (c) => c.text('Nothing in it.'));
 *     export const application = fromFetch(api.fetch);
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
    return answerWith(call(handler, request, { environ }), environ, startResponse, target);
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
