import { networkInterfaces } from 'node:os';
import { type Address, formatUrl } from '../addrport.ts';

/** The URLs at which a server can be reached. */
export interface ServedUrls {
  /** A URL that works on this machine. */
  readonly local: string;
  /** URLs for other machines, if these can reach the server. */
  readonly network: readonly string[];
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Wildcard addresses, each with the address that clients on this machine connect to. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Whether an address means all addresses of this machine. */
export function isWildcard(host: string): boolean {
  return Object.hasOwn(WILDCARDS, host);
}

/** The URLs of a bound address. A wildcard has one for each network, since browsers do not open `http://0.0.0.0/`. */
export function servedUrls(
  { host, port }: Pick<Address, 'host' | 'port'>,
  scheme = 'http',
  interfaces: () => Interfaces = networkInterfaces,
): ServedUrls {
  const loopback = WILDCARDS[host];
  if (loopback === undefined) {
    const url = formatUrl({ host, port }, scheme);
    return { local: url, network: /^(?:localhost|127\.|::1$)/.test(host) ? [] : [url] };
  }
  const urls = Object.values(interfaces())
    .flatMap((addresses = []) => addresses)
    // A link-local address (fe80::) needs the name of an interface, which a URL cannot contain.
    .filter(({ address, internal }) => !internal && !address.startsWith('fe80:'))
    .filter(({ family }) => host === '::' || family === 'IPv4')
    .map(({ address }) => formatUrl({ host: address, port }, scheme));
  return { local: formatUrl({ host: loopback, port }, scheme), network: [...new Set(urls)] };
}
