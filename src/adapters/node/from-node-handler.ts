import type { WSGIApplication } from '../../wsgi/types.ts';
import { watchable } from '../../wsgi/watchable.ts';
import { bridge } from './bridge.ts';
import { DelegatedResponse, directTransport } from './delegated-response.ts';
import type { NodeHandler } from './handler.ts';

/**
 * The options of `fromNodeHandler()`.
 *
 * @example
 * import type { FromNodeHandlerOptions } from 'startproject/adapters/node';
 *
 * export const options: FromNodeHandlerOptions = { wholePath: true };
 */
export interface FromNodeHandlerOptions {
  /**
   * Leaves SCRIPT_NAME in `request.url`, for a framework that handles a prefix itself.
   * @default false: `request.url` begins below the mount point, which is in `request.baseUrl` and `request.originalUrl`
   */
  readonly wholePath?: boolean | undefined;
}

/**
 * A WSGI application that calls a handler of Node requests.
 *
 * The handler gets real `IncomingMessage` and `ServerResponse` objects. They are the server's own if these are Node's and no
 * middleware changes the request or the response. Otherwise they are made from the environ: the connection then has
 * only REMOTE_ADDR and the scheme. An error that the handler throws before its response is answered with 500, as an error of
 * the application.
 *
 * @example
 * import express from 'express';
 * import { fromNodeHandler } from 'startproject/adapters/node';
 *
 * const shop = express();
 * shop.get('/cart', (request, response) => response.send(`Below ${request.baseUrl}`));
 * export const application = fromNodeHandler(shop);
 */
export function fromNodeHandler(
  handler: NodeHandler,
  { wholePath = false }: FromNodeHandlerOptions = {},
): WSGIApplication {
  return watchable(function nodeHandlerApplication(environ, startResponse) {
    const call = { handler, environ, startResponse, isWholePath: wholePath };
    const transport = directTransport(call);
    if (transport !== undefined) return new DelegatedResponse(transport, call);
    return bridge(call);
  });
}
