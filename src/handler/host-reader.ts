import type { Settings } from '../conf/index.ts';
import { domainOf, isAllowed, LOCAL_HOSTS } from '../text/host-names.ts';
import { quote } from '../text/quote.ts';
import { rawHost } from '../web/request/request-target.ts';
import { BoundedMap } from '../wsgi/bounded-map.ts';
import type { Environ } from '../wsgi/types.ts';
import { DisallowedHost } from './errors/exceptions.ts';

const CACHED_HOSTS = 1000;

/** Returns a function that tells a request's host, with its port, and throws DisallowedHost for a foreign one. */
export function hostReader(
  settings: Readonly<Pick<Settings, 'ALLOWED_HOSTS' | 'DEBUG' | 'USE_X_FORWARDED_HOST'>>,
): (environ: Environ) => string {
  const { ALLOWED_HOSTS, DEBUG, USE_X_FORWARDED_HOST } = settings;
  const allowed = DEBUG && ALLOWED_HOSTS.length === 0 ? LOCAL_HOSTS : ALLOWED_HOSTS;
  const patterns = allowed.map((pattern) => pattern.toLowerCase());
  // A pattern such as `*` accepts any host, so that clients could fill the memory.
  const accepted = new BoundedMap<string, true>(CACHED_HOSTS);

  return function readHost(environ) {
    const host = rawHost(environ, USE_X_FORWARDED_HOST);
    if (accepted.has(host)) return host;
    checkHost(host, patterns);
    accepted.set(host, true);
    return host;
  };
}

function checkHost(host: string, patterns: readonly string[]): void {
  const domain = domainOf(host);
  if (domain === undefined) {
    throw new DisallowedHost(
      `Invalid HTTP_HOST header: ${quote(host)}. The domain name provided is not valid according to RFC 1034/1035.`,
    );
  }
  if (!isAllowed(domain, patterns)) {
    throw new DisallowedHost(
      `Invalid HTTP_HOST header: ${quote(host)}. You may need to add ${quote(domain)} to ALLOWED_HOSTS.`,
    );
  }
}
