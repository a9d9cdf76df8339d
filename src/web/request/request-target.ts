import type { Environ } from '../../wsgi/types.ts';
import { encodePath, encodeQuery } from '../path-encoding.ts';

/** The URL of a Request, and the signal that ends it. */
export interface RequestTarget {
  /** As the Request has it. */
  readonly url: string;
  /** Aborted when the client has disconnected. Expensive to make: read it only when it is needed. */
  readonly signal?: AbortSignal | undefined;
  /** Whether most requests do not need the signal. */
  readonly isSignalLate?: boolean;
}

/** The parts of a request's URL. Paths are bytes, as in PEP 3333. */
export interface URLParts {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly scriptName: string;
  readonly pathInfo: string;
}

/** The URL that was asked for. A URL object may write it differently: `Example.com/a/../b`. */
export function requestUrl(environ: Environ, { scheme, host, scriptName, pathInfo }: URLParts): string {
  return `${scheme}://${host}${encodePath(scriptName + pathInfo)}${requestQuery(environ)}`;
}

/** With the question mark before it. */
export function requestQuery({ QUERY_STRING: query }: Environ): string {
  return query ? `?${encodeQuery(query)}` : '';
}

// A host's name in letters, or the address of this machine, which have no other form; segments that don't begin with a dot.
const HOST = '(?:(?:(?!xn--)[a-z0-9-]+\\.)*(?!xn--)[a-z][a-z0-9-]*|127\\.0\\.0\\.1)';
const PORT = '(?::(?!80/|443/)(?:[1-9]\\d{0,3}|[1-5]\\d{4}))?';
const PATH = "(?:/(?!\\.|%2[eE])[\\w\\-~!$&'()*+,;=:@.%]*)+";
const QUERY = '(?:\\?[\\w\\-~!$&()*+,;=:@.%/?]*)?';
const STANDARD_URL = new RegExp(`^https?://${HOST}${PORT}${PATH}${QUERY}$`);

/** A URL in the form that the standard has for it. A URL object is expensive, and most requests have no need of one. */
export function standardUrl(url: string): string {
  return STANDARD_URL.test(url) ? url : new URL(url).href;
}

/** PATH_INFO with the slash that every path starts with, also when the server leaves it out. */
export function requestPathInfo({ PATH_INFO: path = '' }: Environ): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** The host as the request has it, unchecked. */
export function rawHost(environ: Environ, useForwarded: boolean): string {
  const forwarded = useForwarded ? environ.HTTP_X_FORWARDED_HOST : undefined;
  const host = forwarded ?? environ.HTTP_HOST;
  if (host !== undefined) return host;
  const { SERVER_NAME: name, SERVER_PORT: port } = environ;
  const isDefaultPort = port === (environ['wsgi.url_scheme'] === 'https' ? '443' : '80');
  return isDefaultPort ? name : `${name}:${port}`;
}
