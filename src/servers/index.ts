import type { AddressInfo } from 'node:net';
import type { WSGIApplication } from '../wsgi/types.ts';
import { urlHost } from './http/connection/connection-ends.ts';
import { createHttpServer } from './http/http-server.ts';
import type { HttpServerOptions } from './http/options.ts';
import type { CloseOptions } from './server.ts';

export type { GatewayProtocolName, GatewayServerOptions } from './gateway/gateway-options.ts';
export { createGatewayServer, type GatewayServer } from './gateway/gateway-server.ts';
export { createHttpServer, type HttpServer } from './http/http-server.ts';
export type { HttpServerOptions } from './http/options.ts';
export type { ClientErrorRecord } from './http/request/refusal.ts';
export type { WebSocketHandler } from './http/websocket-upgrades.ts';
export type { ResponseRecord } from './response-record.ts';
export type { CloseOptions, Server } from './server.ts';
export type { CertificatePair, TlsOptions } from './tls/tls-options.ts';

/**
 * What `serve()` takes beside the application: where to listen, and all that `createHttpServer()` takes.
 *
 * @example
 * import type { ServeOptions } from 'startproject/server';
 *
 * export const options: ServeOptions = { host: '::1', port: 8000, onError: (error) => console.error(error) };
 */
export interface ServeOptions extends HttpServerOptions {
  /** An IP address or a name. @default '127.0.0.1' */
  readonly host?: string;
  /** The port to listen on, 0 for one that is free. @default 8000 */
  readonly port?: number;
}

/** What `serve()` resolves with: a server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8000/` */
  readonly url: string;
  /** The port that was taken, where 0 was asked for. */
  readonly port: number;
  /** Finishes the responses in progress, within a deadline, and closes. */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Serves an application over HTTP in this process. Rejects with Node's error when the address cannot be had.
 *
 * @example
 * import { serve } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * const server = await serve(application, { port: 8000, limitRequestBody: 1_000_000 });
 * console.log(server.url);
 */
export async function serve(
  application: WSGIApplication,
  { host = '127.0.0.1', port = 8000, ...options }: ServeOptions = {},
): Promise<RunningServer> {
  const server = createHttpServer(application, options);
  const address = (await server.listen({ host, port })) as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${urlHost(host)}:${address.port}/`,
    port: address.port,
    close: (closeOptions) => server.close(closeOptions),
  };
}
