import { isPort, parseClientAddress } from '../text/client-address.ts';
import { collapseLeadingSlashes, withoutTrailingSlashes } from '../wsgi/environ/cgi-names.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';

/** How many proxies, counted from the server, are trusted to have set each header. 0 leaves a header alone. */
export interface ProxyFixOptions {
  /** `X-Forwarded-For`, for REMOTE_ADDR, and REMOTE_PORT where it has one. What is no address is left out. @default 1 */
  readonly xFor?: number;
  /** `X-Forwarded-Proto`, for `wsgi.url_scheme`. @default 1 */
  readonly xProto?: number;
  /** `X-Forwarded-Host`, for HTTP_HOST, SERVER_NAME and SERVER_PORT. @default 0 */
  readonly xHost?: number;
  /** `X-Forwarded-Port`, for HTTP_HOST and SERVER_PORT. @default 0 */
  readonly xPort?: number;
  /** `X-Forwarded-Prefix`, for SCRIPT_NAME. @default 0 */
  readonly xPrefix?: number;
}

const PORT = /:(\d+)$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** What a proxy may have changed. */
const REPLACED = [
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'wsgi.url_scheme',
  'HTTP_HOST',
  'SERVER_NAME',
  'SERVER_PORT',
  'SCRIPT_NAME',
] as const;

/**
 * Takes the client, scheme and host from what proxies say. Each proxy adds its value at the end of a header, and
 * clients send what they like: so only as many values are taken as there are proxies, and a request that has passed
 * fewer is left as it is. What was there before is kept in `environ['startproject.proxy_fix.orig']`.
 * As werkzeug's ProxyFix does it.
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
      REPLACED.map((name) => [name, environ[name]]),
    );
    setClient(environ, trustedValue(environ.HTTP_X_FORWARDED_FOR, xFor));
    const scheme = trustedValue(environ.HTTP_X_FORWARDED_PROTO, xProto)?.toLowerCase();
    if (scheme === 'http' || scheme === 'https') environ['wsgi.url_scheme'] = scheme;
    const host = trustedValue(environ.HTTP_X_FORWARDED_HOST, xHost);
    if (host) setHost(environ, host);
    const port = trustedValue(environ.HTTP_X_FORWARDED_PORT, xPort);
    if (port && isPort(port)) setPort(environ, port);
    const prefix = trustedValue(environ.HTTP_X_FORWARDED_PREFIX, xPrefix);
    if (prefix) environ.SCRIPT_NAME = withoutTrailingSlashes(collapseLeadingSlashes(`/${prefix}`));
    return application(environ, startResponse);
  };
}

/** The value that the outermost of the trusted proxies added. */
function trustedValue(header: string | undefined, trusted: number): string | undefined {
  if (!header || trusted === 0) return undefined;
  return header.split(',').at(-trusted)?.trim();
}

/** What is no address leaves that of the proxy in its place. */
function setClient(environ: Environ, value: string | undefined): void {
  const client = value === undefined ? undefined : parseClientAddress(value);
  if (client === undefined) return;
  environ.REMOTE_ADDR = client.address;
  delete environ.REMOTE_PORT; // It is the proxy's.
  if (client.port !== undefined) environ.REMOTE_PORT = client.port;
}

function setHost(environ: Environ, host: string): void {
  const port = PORT.exec(host)?.[1];
  const name = host.replace(PORT, '');
  environ.SERVER_NAME = name;
  if (port === undefined) environ.HTTP_HOST = host;
  else setHostAndPort(environ, name, port);
}

function setPort(environ: Environ, port: string): void {
  setHostAndPort(environ, environ.HTTP_HOST?.replace(PORT, ''), port);
}

/** Clients leave out the port that is the scheme's own. So does this, or one origin would have two names. */
function setHostAndPort(environ: Environ, name: string | undefined, port: string): void {
  environ.SERVER_PORT = port;
  const isDefault = DEFAULT_PORTS[environ['wsgi.url_scheme']] === port;
  if (name) environ.HTTP_HOST = isDefault ? name : `${name}:${port}`;
}
