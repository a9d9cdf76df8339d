import type { Settings } from '../conf/index.ts';
import type { Environ } from '../wsgi/types.ts';
import { encodePath, encodeQuery } from './path-encoding.ts';

/** What a request's URL is made of. Paths are bytes, as PEP 3333 has them. */
export interface RequestTarget {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly scriptName: string;
  readonly pathInfo: string;
}

/** The URL that was asked for. A URL object may write it differently: `Example.com/a/../b`. */
export function requestUrl(environ: Environ, { scheme, host, scriptName, pathInfo }: RequestTarget): string {
  const query = environ.QUERY_STRING ? `?${encodeQuery(environ.QUERY_STRING)}` : '';
  return `${scheme}://${host}${encodePath(scriptName + pathInfo)}${query}`;
}

/** PATH_INFO with the slash that every path starts with, also when the server leaves it out. */
export function requestPathInfo({ PATH_INFO: path = '' }: Environ): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** Where the site is mounted, without a slash at the end. */
export function requestScriptName(
  environ: Environ,
  { FORCE_SCRIPT_NAME: forced }: Readonly<Settings>,
): string {
  if (forced !== null) return forced;
  // Apache's mod_rewrite changes SCRIPT_NAME, and keeps the URL that was asked for in one of these.
  const original = environ.SCRIPT_URL || environ.REDIRECT_URL;
  if (typeof original !== 'string') return (environ.SCRIPT_NAME ?? '').replace(/\/$/, '');
  const url = original.replace(/\/{2,}/g, '/');
  const path = requestPathInfo(environ);
  return (url.endsWith(path) ? url.slice(0, -path.length) : url).replace(/\/$/, '');
}

/** The scheme, from the proxy's header when SECURE_PROXY_SSL_HEADER says that there is one. */
export function requestScheme(environ: Environ, { SECURE_PROXY_SSL_HEADER: header }: Readonly<Settings>) {
  const claimed = header && environ[header[0]];
  if (!header || typeof claimed !== 'string') return environ['wsgi.url_scheme'];
  return claimed.split(',')[0]!.trim() === header[1] ? 'https' : 'http';
}
