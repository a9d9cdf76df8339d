import type { RunOptions } from '../../wsgi/driver/driver.ts';
import type { HttpServerOptions } from '../http/options.ts';
import type { RequestLimitOptions } from '../request-limits.ts';

/** The protocols by which a web server passes requests on. */
export type GatewayProtocolName = 'fcgi' | 'scgi' | 'uwsgi';

/** What a gateway server has in common with an HTTP server. */
export type SharedOptions = Pick<
  HttpServerOptions,
  | 'serverName'
  | 'serverPort'
  | 'keepAlive'
  | 'headersTimeoutMs'
  | 'bodyTimeoutMs'
  | 'writeTimeoutMs'
  | 'isMultiprocess'
  | 'serverHeader'
  | 'errors'
  | 'onConnection'
  | 'maxRequests'
  | 'onMaxRequests'
  | 'onCut'
  | 'onResponse'
  | 'onClientError'
>;

/**
 * What a gateway server takes beside the application. Times are in milliseconds, sizes in bytes.
 *
 * @example
 * import { createGatewayServer } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * export const server = createGatewayServer(application, {
 *   protocol: 'scgi',
 *   forceScriptName: '/site',
 *   limitRequestBody: 10_000_000,
 * });
 */
export interface GatewayServerOptions extends RunOptions, RequestLimitOptions, SharedOptions {
  /** What the web server speaks: `fastcgi_pass`, `scgi_pass`, `uwsgi_pass` of nginx. */
  readonly protocol: GatewayProtocolName;
  /**
   * How long a connection without a request is kept, 0 for any time. The web server decides by its own settings how long it
   * keeps one, and may lose a request on one that ends here at the same moment. @default 0
   */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** SCRIPT_NAME of all requests, in place of what the web server sends. @default what it sends */
  readonly forceScriptName?: string | undefined;
  /**
   * The web servers that may connect by TCP, as FCGI_WEB_SERVER_ADDRS of FastCGI: IP addresses, or ranges such as
   * `10.0.0.0/8`. Connections of others are closed; those by a unix socket are not asked. @default all
   */
  readonly webServerAddresses?: readonly string[] | undefined;
  /**
   * FastCGI: the most requests of one connection that are answered at once. More are refused with FCGI_OVERLOADED.
   * @default 100
   */
  readonly limitConnectionRequests?: number | undefined;
  /** FastCGI: whether what is written to `wsgi.errors` also goes to the log of the web server. @default true */
  readonly sendErrors?: boolean | undefined;
}
