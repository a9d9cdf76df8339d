import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Environ, StartResponse } from '../../wsgi/types.ts';

/**
 * What Node's `http.createServer()` takes, and what frameworks for Node have: an Express application is one,
 * `app.callback()` of Koa, `app.routing` of Fastify, `toNodeHandler(app)` of h3, `getRequestListener(app.fetch)` of
 * @hono/node-server.
 */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What a Node handler is called with and for. */
export interface NodeCall {
  readonly handler: NodeHandler;
  readonly environ: Environ;
  readonly startResponse: StartResponse;
  readonly isWholePath: boolean;
}
