import { MAX_PORT } from './host-port.ts';

/** A name or an IPv4 address, or an IPv6 address in brackets; then a port, which may be empty (RFC 3986, section 3.2). */
const HOST_AND_PORT = /^(?:(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})+|(\[[\dA-Fa-f:.]+\]))(?::(\d*))?$/;

/** The host that was accepted last. Nearly all requests name the same one, and comparing it takes less time than reading it. */
let last = '';

/**
 * Whether a text is a host, with a port or without one, as a `Host` header and a URL have it. An empty one is a host too:
 * a client sends it where its URL has none (RFC 9110, section 7.2).
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

/** Whether an IPv6 address in brackets is one. It is left to the URL standard, since this runs where there is no `node:net`. */
function isAddress(bracketed: string): boolean {
  return URL.canParse(`http://${bracketed}/`);
}

/** What a site in development answers to when it names no hosts itself. */
export const LOCAL_HOSTS: readonly string[] = ['.localhost', '127.0.0.1', '[::1]'];

const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::[0-9]+)?$/;

/** The host in a `Host` header, in lower case and without its port, or undefined if the header is malformed. */
export function domainOf(host: string): string | undefined {
  const domain = HOST.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
  return domain && URL.canParse(`http://${host}/`) ? domain : undefined;
}

/** Whether a host is one of these, as ALLOWED_HOSTS has them: names in lower case, `.example.com`, `*`. */
export function isAllowed(domain: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*' || pattern === domain) return true;
    return pattern.startsWith('.') && (domain.endsWith(pattern) || domain === pattern.slice(1));
  });
}
