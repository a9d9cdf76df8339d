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
 * The options of `serve()`: the address, and all options of `createHttpServer()`.
 *
 * @example
 * import type { ServeOptions } from 'startproject/server';
 *
 * export const options: ServeOptions = { host: '::1', port: 8000, onError: (error) => console.error(error) };
 */
export interface ServeOptions extends HttpServerOptions {
  /** An IP address or a name. @default '127.0.0.1' */
  readonly host?: string;
  /** The port to listen on; 0 means any free port. @default 8000 */
  readonly port?: number;
}

/** A listening server, the result of `serve()`. */
export interface RunningServer {
  /** `http://127.0.0.1:8000/` */
  readonly url: string;
  /** The port that the server listens on. */
  readonly port: number;
  /** Finishes the responses in progress, within a deadline, and closes. */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Serves an application over HTTP in this process. Rejects with Node's error if the server cannot listen at the address.
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
