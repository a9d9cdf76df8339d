import { MAX_PORT } from './host-port.ts';

/** A name or an IPv4 address, or an IPv6 address in brackets; then a port, which may be empty (RFC 3986, section 3.2). */
const HOST_AND_PORT = /^(?:(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})+|(\[[\dA-Fa-f:.]+\]))(?::(\d*))?$/;

/** The last accepted host. Nearly all requests have the same one, and comparing is faster than parsing. */
let last = '';

/**
 * Whether a text is a host with an optional port, as in a `Host` header or a URL. An empty text is a host too: clients
 * send it if the URL has none (RFC 9110, section 7.2).
 */
export function isHost(text: string): boolean {
  if (text === last) return true;
  const parts = HOST_AND_PORT.exec(text);
  if (parts === null) return text === '';
  const [, address, port] = parts;
  const isOne =
    (port === undefined || Number(port) <= MAX_PORT) && (address === undefined || isAddress(address));
  if (isOne) last = text;
  return isOne;
}

/** Whether a text in brackets is an IPv6 address. Checked by the URL parser, since some runtimes have no `node:net`. */
function isAddress(bracketed: string): boolean {
  return URL.canParse(`http://${bracketed}/`);
}

/** The hosts that a site in development accepts if it allows none itself. */
export const LOCAL_HOSTS: readonly string[] = ['.localhost', '127.0.0.1', '[::1]'];

const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::[0-9]+)?$/;

/** The host in a `Host` header, in lower case and without its port, or undefined if the header is malformed. */
export function domainOf(host: string): string | undefined {
  const domain = HOST.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
  return domain && URL.canParse(`http://${host}/`) ? domain : undefined;
}

/** Whether a host matches an entry in the form of ALLOWED_HOSTS: a name in lower case, `.example.com`, or `*`. */
export function isAllowed(domain: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*' || pattern === domain) return true;
    return pattern.startsWith('.') && (domain.endsWith(pattern) || domain === pattern.slice(1));
  });
}
