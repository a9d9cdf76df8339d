import { isIPv6 } from 'node:net';
import { CommandError } from '../errors.ts';
import { formatHostPort, MAX_PORT } from '../text/host-port.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly isIPv6: boolean;
}

const DEFAULT_PORT = 8000;
/** The default host of a server. */
const DEFAULT_HOST = '127.0.0.1';

// Django's grammar: an IPv4 address, a bracketed IPv6 address or a host name, each optional, before the port.
const ADDRPORT =
  /^(?:(?:(?<ipv4>\d{1,3}(?:\.\d{1,3}){3})|\[(?<ipv6>[a-fA-F0-9:]+)\]|(?<name>[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*)):)?(?<port>\d+)$/;

/**
 * Reads runserver's argument: `8000`, `0:8000`, `1.2.3.4:8000`, `[::1]:8000`, `localhost:8000`.
 *
 * @param text The argument; nothing means 127.0.0.1:8000, or [::1]:8000 with IPv6.
 * @throws {CommandError}
 */
export function parseAddrport(text: string | undefined, useIPv6 = false): Address {
  const loopback = useIPv6 ? '::1' : DEFAULT_HOST;
  if (text === undefined) return { host: loopback, port: DEFAULT_PORT, isIPv6: useIPv6 };
  const match = ADDRPORT.exec(text)?.groups;
  if (match === undefined) {
    throw new CommandError(`Expected a port, or an address and a port, found '${text}'.`, {
      hint: hintFor(text),
    });
  }
  const { ipv4, ipv6, name } = match;
  if (ipv4 !== undefined && useIPv6) {
    throw new CommandError(`Expected an IPv6 address with --ipv6, found '${ipv4}'.`, {
      hint: "Write one in brackets: '[::1]:8000'.",
    });
  }
  const port = Number(match.port);
  if (port > MAX_PORT) {
    throw new CommandError(`Port ${match.port} does not exist.`, { hint: `Ports go from 0 to ${MAX_PORT}.` });
  }
  // As in Django, a host of 0 means every address of this machine.
  const everywhere = useIPv6 ? '::' : '0.0.0.0';
  const host = ipv4 ?? ipv6 ?? (name === '0' ? everywhere : name) ?? loopback;
  return { host, port, isIPv6: useIPv6 || ipv6 !== undefined };
}

/** `http://[::1]:8000/` */
export function formatUrl(address: { host: string; port: number }, scheme = 'http'): string {
  return `${scheme}://${formatHostPort(address)}/`;
}

/** The text from which `parseAddrport()` makes this address: `8001`, `0:8000`, `[::1]:8000`. */
export function formatAddrport(address: { host: string; port: number }): string {
  return address.host === DEFAULT_HOST ? `${address.port}` : formatHostPort(address);
}

function hintFor(text: string): string {
  const [, address = '', port] = /^(.*):(\d+)$/.exec(text) ?? [];
  if (isIPv6(address)) return `Put an IPv6 address into brackets: '[${address}]:${port}'.`;
  if (isIPv6(text))
    return `Put an IPv6 address into brackets, and add the port: '[${text}]:${DEFAULT_PORT}'.`;
  if (/^\d{1,3}(\.\d{1,3}){3}$|^[a-zA-Z.-]+$/.test(text)) return `Add the port: '${text}:${DEFAULT_PORT}'.`;
  return "Examples: '8000', '0:8000', 'localhost:8000', '[::1]:8000'.";
}
