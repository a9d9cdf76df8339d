import type { Environ } from '../types.ts';
import { collapseLeadingSlashes, withoutTrailingSlashes } from './cgi-names.ts';

// Applies the values of a trusted proxy to an environ. The callers decide which values are trusted.

const PORT = /:(\d+)$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** The variables that a proxy can change. */
export const SET_BEHIND_PROXY = [
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'wsgi.url_scheme',
  'HTTPS',
  'HTTP_HOST',
  'SERVER_NAME',
  'SERVER_PORT',
  'SCRIPT_NAME',
] as const;

/** @param port if it is known */
export function setClient(environ: Environ, address: string, port: string | undefined): void {
  environ.REMOTE_ADDR = address;
  delete environ.REMOTE_PORT; // The old value is the port of the proxy.
  if (port !== undefined) environ.REMOTE_PORT = port;
}

/** Other schemes are ignored, and that of the connection stays. */
export function setScheme(environ: Environ, scheme: string | undefined): void {
  if (scheme !== 'http' && scheme !== 'https') return;
  environ['wsgi.url_scheme'] = scheme;
  delete environ.HTTPS;
  if (scheme === 'https') environ.HTTPS = 'on';
}

/** @param host a name or an address, with an optional port */
export function setHost(environ: Environ, host: string): void {
  const port = PORT.exec(host)?.[1];
  const name = host.replace(PORT, '');
  environ.SERVER_NAME = name;
  if (port === undefined) environ.HTTP_HOST = host;
  else setHostAndPort(environ, name, port);
}

export function setPort(environ: Environ, port: string): void {
  setHostAndPort(environ, environ.HTTP_HOST?.replace(PORT, ''), port);
}

/** Slashes at both ends are reduced to one at the start. */
export function setPrefix(environ: Environ, prefix: string): void {
  environ.SCRIPT_NAME = withoutTrailingSlashes(collapseLeadingSlashes(`/${prefix}`));
}

/** Omits the scheme's default port, as clients do. Otherwise one origin would have two names. */
function setHostAndPort(environ: Environ, name: string | undefined, port: string): void {
  environ.SERVER_PORT = port;
  const isDefault = DEFAULT_PORTS[environ['wsgi.url_scheme']] === port;
  if (name) environ.HTTP_HOST = isDefault ? name : `${name}:${port}`;
}
