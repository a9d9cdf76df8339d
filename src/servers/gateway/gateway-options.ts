import type { RunOptions } from '../../wsgi/driver/driver.ts';
import type { HttpServerOptions } from '../http/options.ts';
import type { RequestLimitOptions } from '../request-limits.ts';

/** The protocols in which a web server forwards requests. */
export type GatewayProtocolName = 'fcgi' | 'scgi' | 'uwsgi';

/** The options that gateway servers and HTTP servers share. */
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
 * The options of a gateway server. Times are in milliseconds, sizes in bytes.
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
  /** The protocol of the web server: `fastcgi_pass`, `scgi_pass`, `uwsgi_pass` of nginx. */
  readonly protocol: GatewayProtocolName;
  /**
   * How long a connection without a request is kept; 0 means no limit. The web server has its own limit, and can lose a request
   * on a connection that is closed here at the same moment. @default 0
   */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** SCRIPT_NAME of all requests. @default the value that the web server sends */
  readonly forceScriptName?: string | undefined;
  /**
   * The web servers that may connect by TCP, like FCGI_WEB_SERVER_ADDRS of FastCGI: IP addresses, or ranges such as
   * `10.0.0.0/8`. Connections of others are closed. Connections by a unix socket are not checked. @default all
   */
  readonly webServerAddresses?: readonly string[] | undefined;
  /**
   * FastCGI: the maximum of open requests per connection. More are refused with FCGI_OVERLOADED.
   * @default 100
   */
  readonly limitConnectionRequests?: number | undefined;
  /** FastCGI: whether text for `wsgi.errors` is also sent to the web server's log. @default true */
  readonly sendErrors?: boolean | undefined;
}
