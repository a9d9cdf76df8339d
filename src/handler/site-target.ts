import type { Settings } from '../conf/index.ts';
import {
  type RequestTarget,
  requestPathInfo,
  requestUrl,
  standardUrl,
  type URLParts,
} from '../web/request/request-target.ts';
import { pathBytes } from '../wsgi/environ/cgi-names.ts';
import { clientOf } from '../wsgi/environ/client-presence.ts';
import type { Environ } from '../wsgi/types.ts';

/** The target of a request in a site. */
export class SiteTarget implements RequestTarget {
  readonly isSignalLate = true;
  readonly #environ: Environ;
  readonly #parts: URLParts;

  constructor(environ: Environ, parts: URLParts) {
    this.#environ = environ;
    this.#parts = parts;
  }

  get url(): string {
    return standardUrl(requestUrl(this.#environ, this.#parts));
  }

  get signal(): AbortSignal | undefined {
    return clientOf(this.#environ)?.signal;
  }
}

/** The mount point of the site, without a slash at the end. */
export function requestScriptName(
  environ: Environ,
  { FORCE_SCRIPT_NAME: forced }: Readonly<Settings>,
): string {
  if (forced !== null) return pathBytes(forced);
  // Apache's mod_rewrite changes SCRIPT_NAME, and keeps the original URL in one of these variables.
  const original = environ.SCRIPT_URL || environ.REDIRECT_URL;
  if (typeof original !== 'string' || !original.startsWith('/'))
    return withoutSlash(environ.SCRIPT_NAME ?? '');
  const url = original.replace(/\/{2,}/g, '/');
  const path = requestPathInfo(environ);
  return withoutSlash(url.endsWith(path) ? url.slice(0, -path.length) : url);
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The scheme. It is read from the proxy's header if SECURE_PROXY_SSL_HEADER is set. */
export function requestScheme(environ: Environ, { SECURE_PROXY_SSL_HEADER: header }: Readonly<Settings>) {
  const claimed = header && environ[header[0]];
  if (!header || typeof claimed !== 'string') return environ['wsgi.url_scheme'];
  return claimed.split(',')[0]!.trim() === header[1] ? 'https' : 'http';
}
