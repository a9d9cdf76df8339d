import { BadRequest } from '../handler/exceptions.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import { watchable } from '../wsgi/watchable.ts';
import { FetchExchange } from './fetch-exchange.ts';
import { createRequest } from './web-request.ts';

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
    const controller = new AbortController();
    let request: Request;
    try {
      request = createRequest(environ, controller.signal, wholePath);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      startResponse('400 Bad Request', [['Content-Type', 'text/plain; charset=utf-8']]);
      return [new TextEncoder().encode(`${error.message}\n`)];
    }
    const responding = respond(handler, request, { environ });
    return new FetchExchange(environ, startResponse, responding, controller);
  });
}

/** What a handler throws at once is a rejection like any other. */
async function respond(handler: FetchHandler, request: Request, context: FetchContext): Promise<Response> {
  return handler(request, context);
}
