import { isPort, parseClientAddress } from '../text/client-address.ts';
import { isHost } from '../text/host-names.ts';
import {
  SET_BEHIND_PROXY,
  setClient,
  setHost,
  setPort,
  setPrefix,
  setScheme,
} from '../wsgi/environ/behind-proxy.ts';
import type { WSGIApplication } from '../wsgi/types.ts';

/**
 * The number of trusted proxies that set each header. 0 ignores the header.
 *
 * @example
 * import type { ProxyFixOptions } from 'startproject/middleware';
 *
 * export const options: ProxyFixOptions = { xFor: 2, xHost: 1 };
 */
export interface ProxyFixOptions {
  /** `X-Forwarded-For`, for REMOTE_ADDR, and REMOTE_PORT if it has a port. A value that is not an address is ignored. @default 1 */
  readonly xFor?: number;
  /** `X-Forwarded-Proto`, for `wsgi.url_scheme`. @default 1 */
  readonly xProto?: number;
  /** `X-Forwarded-Host`, for HTTP_HOST, SERVER_NAME and SERVER_PORT. What is not a host is left out. @default 0 */
  readonly xHost?: number;
  /** `X-Forwarded-Port`, for HTTP_HOST and SERVER_PORT. @default 0 */
  readonly xPort?: number;
  /** `X-Forwarded-Prefix`, for SCRIPT_NAME. @default 0 */
  readonly xPrefix?: number;
}

/**
 * Takes the client, scheme and host from headers of proxies. Each proxy adds its value at the end of a header, and a client can
 * send any values before these. So exactly the value of the outermost trusted proxy is used, and a request with fewer values is
 * not changed. The values before are in `environ['startproject.proxy_fix.orig']`.
 * This is werkzeug's ProxyFix.
 *
 * @example
 * import { proxyFix } from 'startproject/middleware';
 *
 * export const application = proxyFix(
 *   (environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *     return [Buffer.from(environ['wsgi.url_scheme'])];
 *   },
 *   { xFor: 1, xProto: 1, xHost: 1 },
 * );
 */
export function proxyFix(
  application: WSGIApplication,
  { xFor = 1, xProto = 1, xHost = 0, xPort = 0, xPrefix = 0 }: ProxyFixOptions = {},
): WSGIApplication {
  return function fixed(environ, startResponse) {
    environ['startproject.proxy_fix.orig'] = Object.fromEntries(
      SET_BEHIND_PROXY.map((name) => [name, environ[name]]),
    );
    const client = parseClientAddress(trustedValue(environ.HTTP_X_FORWARDED_FOR, xFor) ?? '');
    if (client !== undefined) setClient(environ, client.address, client.port); // Otherwise the address of the proxy stays.
    setScheme(environ, trustedValue(environ.HTTP_X_FORWARDED_PROTO, xProto)?.toLowerCase());
    const host = trustedValue(environ.HTTP_X_FORWARDED_HOST, xHost);
    if (host && isHost(host)) setHost(environ, host);
    const port = trustedValue(environ.HTTP_X_FORWARDED_PORT, xPort);
    if (port && isPort(port)) setPort(environ, port);
    const prefix = trustedValue(environ.HTTP_X_FORWARDED_PREFIX, xPrefix);
    if (prefix) setPrefix(environ, prefix);
    return application(environ, startResponse);
  };
}

/** The value that the outermost trusted proxy has added. */
function trustedValue(header: string | undefined, trusted: number): string | undefined {
  if (!header || trusted === 0) return undefined;
  return header.split(',').at(-trusted)?.trim();
}
