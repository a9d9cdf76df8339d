import type { Settings } from '../conf/index.ts';
import { domainOf, isAllowed, LOCAL_HOSTS } from '../text/host-names.ts';
import { quote } from '../text/quote.ts';
import { rawHost } from '../web/request/request-target.ts';
import { BoundedMap } from '../wsgi/bounded-map.ts';
import type { Environ } from '../wsgi/types.ts';
import { DisallowedHost } from './errors/exceptions.ts';

const CACHED_HOSTS = 1000;

/** Returns a function that reads the host of a request with its port. It throws DisallowedHost if the host is not allowed. */
export function hostReader(
  settings: Readonly<Pick<Settings, 'ALLOWED_HOSTS' | 'DEBUG' | 'USE_X_FORWARDED_HOST'>>,
): (environ: Environ) => string {
  const { ALLOWED_HOSTS, DEBUG, USE_X_FORWARDED_HOST } = settings;
  const allowed = DEBUG && ALLOWED_HOSTS.length === 0 ? LOCAL_HOSTS : ALLOWED_HOSTS;
  const areOwnAllowed = allowed === LOCAL_HOSTS;
  const patterns = allowed.map((pattern) => pattern.toLowerCase());
  // The cache is limited, since a pattern such as `*` accepts any host, and clients could fill the memory.
  const accepted = new BoundedMap<string, true>(CACHED_HOSTS);

  return function readHost(environ) {
    const host = rawHost(environ, USE_X_FORWARDED_HOST);
    if (accepted.has(host)) return host;
    if (areOwnAllowed && isOwnAddress(host, environ)) return host;
    checkHost(host, patterns);
    accepted.set(host, true);
    return host;
  };
}

/**
 * Whether the Host header is the address of this machine that the client is connected to. Names are not accepted: another
 * site can make its own name resolve to this machine.
 */
function isOwnAddress(host: string, { SERVER_NAME }: Environ): boolean {
  const domain = domainOf(host);
  if (domain === undefined || SERVER_NAME === undefined) return false;
  const own = SERVER_NAME.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return isAddress(domain) && (domain === own || domain === `[${own}]`);
}

/** An IPv4 address, or an IPv6 address in brackets. */
function isAddress(domain: string): boolean {
  return domain.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(domain);
}

function checkHost(host: string, patterns: readonly string[]): void {
  const domain = domainOf(host);
  if (domain === undefined) {
    throw new DisallowedHost(`The Host header ${quote(host)} is not a host name or an address.`);
  }
  if (!isAllowed(domain, patterns)) {
    throw new DisallowedHost(
      `The Host header ${quote(host)} names a host that this site does not serve. If it should, put ${quote(domain)} into ALLOWED_HOSTS.`,
    );
  }
}
