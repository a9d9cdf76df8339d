import type { RunOptions } from '../../wsgi/driver/driver.ts';
import type { WSGIErrors } from '../../wsgi/types.ts';
import type { RequestLimitOptions } from '../request-limits.ts';
import type { ResponseRecord } from '../response-record.ts';
import type { TlsOptions } from '../tls/tls-options.ts';
import type { ClientErrorRecord } from './request/refusal.ts';
import type { WebSocketHandler } from './websocket-upgrades.ts';

/**
 * The options of an HTTP server. Times are in milliseconds, sizes in bytes.
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
  /** The time limit for the head of a request; 0 means none. A slower request is refused with 408. @default 60000 */
  readonly headersTimeoutMs?: number | undefined;
  /**
   * How long `wsgi.input` waits for the client; 0 means no limit. Every 500 received bytes add a second, so that slow uploads
   * succeed; but no wait without a single byte is longer than this, so that stalled uploads end. After that, the request is
   * refused with 408. @default 60000
   */
  readonly bodyTimeoutMs?: number | undefined;
  /** After how long a client that reads nothing of the response is disconnected; 0 means never. @default 60000 */
  readonly writeTimeoutMs?: number | undefined;
  /**
   * The proxies in front of this server: IP addresses, ranges such as `10.0.0.0/8`, `unix` for peers on a unix socket,
   * `*` for all peers. From these peers, `X-Forwarded-For`, `-Proto`, `-Host`, `-Port`, `-Prefix` and `Forwarded` are trusted:
   * they set REMOTE_ADDR, `wsgi.url_scheme`, HTTPS, HTTP_HOST, SERVER_NAME, SERVER_PORT and SCRIPT_NAME. Headers that
   * contradict each other are refused with 400. The proxy must set or remove each of these headers: a header that it
   * forwards from its client would be trusted, too. @default none
   */
  readonly forwardedAllowIps?: readonly string[] | undefined;
  /**
   * The versions of the PROXY protocol that are accepted. Each connection must then begin with a header of that protocol, before
   * TLS: it has the addresses of the client and of the proxy. A connection without it is closed. @default 'off'
   */
  readonly proxyProtocol?: 'off' | 'v1' | 'v2' | 'auto' | undefined;
  /**
   * The peers that may send the header of the PROXY protocol, as in `forwardedAllowIps`. Connections of others are closed.
   * @default ['127.0.0.1', '::1', 'unix']
   */
  readonly proxyAllowIps?: readonly string[] | undefined;
  /** Certificates and keys. With them, the server speaks only HTTPS. @default HTTP */
  readonly tls?: TlsOptions | undefined;
  /**
   * Handles the connections of WebSocket handshakes. `close()` ends them. @default a handshake is refused with 426
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
  /** The number of requests after which `onMaxRequests` is called. @default never */
  readonly maxRequests?: number | undefined;
  /** Called once, after `maxRequests` requests. The server goes on. */
  readonly onMaxRequests?: (() => void) | undefined;
  /** Called when requests are still open at the deadline of `close()`. They are cut off. */
  readonly onCut?: (() => void) | undefined;
  /** Called at the end of each response. */
  readonly onResponse?: ((record: ResponseRecord) => void) | undefined;
  /** Called for each refused request. @default writes a line to `wsgi.errors` */
  readonly onClientError?: ((record: ClientErrorRecord) => void) | undefined;
}
