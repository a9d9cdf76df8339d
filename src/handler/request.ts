import type { Settings } from '../conf/index.ts';
import type { Environ } from '../wsgi/types.ts';
import { BadRequest } from './exceptions.ts';
import { encodePath, encodeQuery } from './path-encoding.ts';
import { requestBody } from './request-body.ts';

/** What a request's URL is made of. Paths are bytes, as PEP 3333 has them. */
export interface RequestTarget {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly scriptName: string;
  readonly pathInfo: string;
}

/** The web-standard Request for an environ. @throws {BadRequest} for what such a Request cannot hold. */
export function buildRequest(environ: Environ, target: RequestTarget): Request {
  const method = environ.REQUEST_METHOD.toUpperCase();
  const body = method === 'GET' || method === 'HEAD' ? null : requestBody(environ);
  const init = body === null ? { method } : { method, body, duplex: 'half' as const };
  try {
    return new Request(requestUrl(environ, target), { ...init, headers: requestHeaders(environ) });
  } catch (cause) {
    throw new BadRequest(`The request cannot be represented: ${(cause as Error).message}`, { cause });
  }
}

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

function requestHeaders(environ: Environ): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const key in environ) {
    const value = environ[key];
    if (key.startsWith('HTTP_') && typeof value === 'string') headers[headerName(key)] = value;
  }
  if (environ.CONTENT_TYPE) headers['content-type'] = environ.CONTENT_TYPE;
  if (environ.CONTENT_LENGTH) headers['content-length'] = environ.CONTENT_LENGTH;
  return headers;
}

function headerName(key: string): string {
  return key.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-');
}
