import type { Environ } from '../../wsgi/types.ts';
import { encodePath, encodeQuery } from '../path-encoding.ts';

/** The URL of a Request, and the signal that ends it. */
export interface RequestTarget {
  /** The URL in the form that the Request returns. */
  readonly url: string;
  /** Aborted when the client has disconnected. Expensive to make: read it only when it is needed. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the signal is made late, since most requests do not need it. */
  readonly isSignalLate?: boolean;
}

/** The parts of a request's URL. Paths are bytes, as in PEP 3333. */
export interface URLParts {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly scriptName: string;
  readonly pathInfo: string;
}

/** The URL as the client has sent it. A URL object may write it differently: `Example.com/a/../b`. */
export function requestUrl(environ: Environ, { scheme, host, scriptName, pathInfo }: URLParts): string {
  return `${scheme}://${host}${encodePath(scriptName + pathInfo)}${requestQuery(environ)}`;
}

/** The query, including its question mark. */
export function requestQuery({ QUERY_STRING: query }: Environ): string {
  return query ? `?${encodeQuery(query)}` : '';
}

// Matches URLs that are already in their standard form: a host name in lower case or the address of this machine, and
// path segments that do not begin with a dot.
const HOST = '(?:(?:(?!xn--)[a-z0-9-]+\\.)*(?!xn--)[a-z][a-z0-9-]*|127\\.0\\.0\\.1)';
const PORT = '(?::(?!80/|443/)(?:[1-9]\\d{0,3}|[1-5]\\d{4}))?';
const PATH = "(?:/(?!\\.|%2[eE])[\\w\\-~!$&'()*+,;=:@.%]*)+";
const QUERY = '(?:\\?[\\w\\-~!$&()*+,;=:@.%/?]*)?';
const STANDARD_URL = new RegExp(`^https?://${HOST}${PORT}${PATH}${QUERY}$`);

/** Converts a URL to its standard form. A URL object is expensive, and most requests do not need one. */
export function standardUrl(url: string): string {
  return STANDARD_URL.test(url) ? url : new URL(url).href;
}

/** PATH_INFO with a slash at its start, even if the server leaves the slash out. */
export function requestPathInfo({ PATH_INFO: path = '' }: Environ): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** The host of the request, unchecked. */
export function rawHost(environ: Environ, useForwarded: boolean): string {
  const forwarded = useForwarded ? environ.HTTP_X_FORWARDED_HOST : undefined;
  const host = forwarded ?? environ.HTTP_HOST;
  if (host !== undefined) return host;
  const { SERVER_NAME: name, SERVER_PORT: port } = environ;
  const isDefaultPort = port === (environ['wsgi.url_scheme'] === 'https' ? '443' : '80');
  return isDefaultPort ? name : `${name}:${port}`;
}
