import type { WSGIApplication } from '../../wsgi/types.ts';
import { watchable } from '../../wsgi/watchable.ts';
import { bridge } from './bridge.ts';
import { DelegatedResponse, directTransport } from './delegated-response.ts';
import type { NodeHandler } from './handler.ts';

/**
 * What `fromNodeHandler()` takes beside the handler.
 *
 * @example
 * import type { FromNodeHandlerOptions } from 'startproject/adapters/node';
 *
 * export const options: FromNodeHandlerOptions = { wholePath: true };
 */
export interface FromNodeHandlerOptions {
  /**
   * Leaves SCRIPT_NAME in `request.url`, for a framework that routes below a prefix of its own.
   * @default false: `request.url` begins below the mount, and `request.baseUrl` and `request.originalUrl` tell of it
   */
  readonly wholePath?: boolean | undefined;
}

/**
 * A WSGI application of a handler of Node requests.
 *
 * The handler gets real `IncomingMessage` and `ServerResponse` objects: the server's own, where these are Node's and
 * nothing in between has a say in the request or the response, otherwise such as the environ makes of them. Of the
 * connection these know what the environ does, REMOTE_ADDR and whether the scheme is https. An error that the handler
 * throws before its response is an error of the application: 500.
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
