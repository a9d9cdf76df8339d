import { MAX_PORT } from './host-port.ts';

export interface ClientAddress {
  readonly address: string;
  /** Some proxies add the port. */
  readonly port: string | undefined;
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IPV6 = /^(?=.*:)[\da-f:.]{2,45}$/i;
const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

/**
 * Parses the address of a client in `X-Forwarded-For`: `203.0.113.9`, `203.0.113.9:5123`, `2001:db8::1`,
 * `[2001:db8::1]:99`.
 *
 * @returns nothing for a text that is not an address, such as `unknown` and the identifiers that RFC 7239 lets proxies
 * generate
 */
export function parseClientAddress(text: string): ClientAddress | undefined {
  const [bracketed = text, port] = splitPort(text);
  if (port !== undefined && !isPort(port)) return undefined;
  const isBracketed = bracketed.startsWith('[') && bracketed.endsWith(']');
  const address = (isBracketed ? bracketed.slice(1, -1) : bracketed).replace(IPV4_IN_IPV6, '');
  if (isIPv4(address) || isIPv6(address)) return { address, port };
  return undefined;
}

export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT;
}

/** In an IPv6 address without brackets, no colon separates a port. */
function splitPort(text: string): readonly [string, string?] {
  const colon = text.lastIndexOf(':');
  const hasPort = colon !== -1 && (text[colon - 1] === ']' || text.indexOf(':') === colon);
  return hasPort ? [text.slice(0, colon), text.slice(colon + 1)] : [text];
}

function isIPv4(text: string): boolean {
  return IPV4.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

/** Checked by the URL parser, since some runtimes have no `node:net`. */
function isIPv6(text: string): boolean {
  return IPV6.test(text) && URL.canParse(`http://[${text}]/`);
}
