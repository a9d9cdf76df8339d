import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Environ, StartResponse } from '../../wsgi/types.ts';

/**
 * A listener for Node's `http.createServer()`. Frameworks for Node provide one: an Express application is one itself,
 * `app.callback()` of Koa, `app.routing` of Fastify, `toNodeHandler(app)` of h3, `getRequestListener(app.fetch)` of
 * @hono/node-server.
 * @hono/node-server.
 */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The handler, and the data of the request that it is called for. */
export interface NodeCall {
  readonly handler: NodeHandler;
  readonly environ: Environ;
  readonly startResponse: StartResponse;
  readonly isWholePath: boolean;
}
