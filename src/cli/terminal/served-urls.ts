import { networkInterfaces } from 'node:os';
import { type Address, formatUrl } from '../addrport.ts';

/** Where a server can be reached. */
export interface ServedUrls {
  /** One that works on this machine. */
  readonly local: string;
  /** Those for other machines, where they can reach it. */
  readonly network: readonly string[];
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Addresses that no client connects to, and the one on this machine that stands for each. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Whether an address stands for all addresses of this machine. */
export function isWildcard(host: string): boolean {
  return Object.hasOwn(WILDCARDS, host);
}

/** The URLs of a bound address: a wildcard has one for each network, since no browser opens `http://0.0.0.0/`. */
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
    // An address of one link (fe80::) needs the name of an interface, which a URL cannot have.
    .filter(({ address, internal }) => !internal && !address.startsWith('fe80:'))
    .filter(({ family }) => host === '::' || family === 'IPv4')
    .map(({ address }) => formatUrl({ host: address, port }, scheme));
  return { local: formatUrl({ host: loopback, port }, scheme), network: [...new Set(urls)] };
}
