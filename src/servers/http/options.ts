import type { RunOptions } from '../../wsgi/driver/driver.ts';
import type { WSGIErrors } from '../../wsgi/types.ts';
import type { RequestLimitOptions } from '../request-limits.ts';
import type { ResponseRecord } from '../response-record.ts';
import type { TlsOptions } from '../tls/tls-options.ts';
import type { ClientErrorRecord } from './request/refusal.ts';
import type { WebSocketHandler } from './websocket-upgrades.ts';

/**
 * What an HTTP server takes beside the application. Times are in milliseconds, sizes in bytes.
 *
 * @example
 * import { createHttpServer } from 'startproject/server';
 * import { application } from './mysite/wsgi.ts';
 *
 * export const server = createHttpServer(application, {
 *   bodyTimeoutMs: 30_000,
 *   limitRequestBody: 10_000_000,
 *   onResponse: ({ method, target, status, durationMs }) => console.log(method, target, status, durationMs),
 * });
 */
export interface HttpServerOptions extends RunOptions, RequestLimitOptions {
  /** SERVER_NAME. @default the address that the client connected to */
  readonly serverName?: string | undefined;
  /** SERVER_PORT. @default the port that the client connected to */
  readonly serverPort?: number | undefined;
  /** Whether connections are kept for further requests. @default true */
  readonly keepAlive?: boolean | undefined;
  /** How long an idle connection is kept. @default 5000 */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** How long the head of a request may take to come, 0 for any time. Then it is refused with 408. @default 60000 */
  readonly headersTimeoutMs?: number | undefined;
  /**
   * How long `wsgi.input` may wait for the client, 0 for any time. Every 500 bytes that came add a second, so that slow
   * uploads pass and stalled ones don't. Then the request is refused with 408. @default 60000
   */
  readonly bodyTimeoutMs?: number | undefined;
  /** How long a client may read nothing of the response, 0 for any time. Then it is disconnected. @default 60000 */
  readonly writeTimeoutMs?: number | undefined;
  /**
   * The proxies in front of this server: IP addresses, ranges such as `10.0.0.0/8`, `unix` for peers on a unix socket,
   * `*` for all peers. Of these peers `X-Forwarded-For`, `-Proto`, `-Host`, `-Port`, `-Prefix` and `Forwarded` are believed:
   * they set REMOTE_ADDR, `wsgi.url_scheme`, HTTPS, HTTP_HOST, SERVER_NAME, SERVER_PORT and SCRIPT_NAME. Headers that
   * contradict each other are refused with 400. The proxy must set each of them, or remove it: what it passes on from
   * its clients would be believed as well. @default none
   */
  readonly forwardedAllowIps?: readonly string[] | undefined;
  /**
   * Which versions of the header of the PROXY protocol are read. Then each connection must begin with one, before TLS:
   * it says who the client is, and what it connected to. A connection without one is closed. @default 'off'
   */
  readonly proxyProtocol?: 'off' | 'v1' | 'v2' | 'auto' | undefined;
  /**
   * The peers that may send that header, as in `forwardedAllowIps`. Connections of others are closed.
   * @default ['127.0.0.1', '::1', 'unix']
   */
  readonly proxyAllowIps?: readonly string[] | undefined;
  /** Certificates and keys: the server speaks HTTPS and nothing else. @default HTTP */
  readonly tls?: TlsOptions | undefined;
  /**
   * Takes over the connections of WebSocket handshakes. `close()` ends them. @default a handshake is refused with 426
   *
   * @example
   * import { createHttpServer } from 'startproject/server';
   * import { WebSocketServer } from 'ws';
   * import { application } from './mysite/wsgi.ts';
   *
   * const sockets = new WebSocketServer({ noServer: true });
   * export const server = createHttpServer(application, {
   *   websocket(request, socket, head) {
   *     sockets.handleUpgrade(request, socket, head, (client) => client.send('Hello'));
   *   },
   * });
   */
  readonly websocket?: WebSocketHandler | undefined;
  /** Whether other processes run the same application: `wsgi.multiprocess`. @default false */
  readonly isMultiprocess?: boolean | undefined;
  /** The `Server` header of responses that have none. @default none */
  readonly serverHeader?: string | undefined;
  /** `wsgi.errors`. @default stderr */
  readonly errors?: WSGIErrors | undefined;
  /** Called for each connection. */
  readonly onConnection?: (() => void) | undefined;
  /** After how many requests `onMaxRequests` is called. @default never */
  readonly maxRequests?: number | undefined;
  /** Called once. The server itself goes on. */
  readonly onMaxRequests?: (() => void) | undefined;
  /** Called when the time of `close()` is up and requests are still open, which break off then. */
  readonly onCut?: (() => void) | undefined;
  /** Called with each response that is over. */
  readonly onResponse?: ((record: ResponseRecord) => void) | undefined;
  /** Called with each request that was refused. @default writes a line to `wsgi.errors` */
  readonly onClientError?: ((record: ClientErrorRecord) => void) | undefined;
}
