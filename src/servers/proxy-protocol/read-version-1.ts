import { isIP } from 'node:net';
import { MAX_PORT } from '../../text/host-port.ts';
import { type ProxiedEnd, type ProxyHeader, ProxyHeaderError } from './proxy-header.ts';

/** The longest line, including its end. It has two IPv6 addresses in full length. */
const MOST_BYTES = 107;
const LINE_END = '\r\n';
/** Matches the whole line, so that it has nothing else before or after the fields. */
const LINE = /^PROXY (TCP[46]) ([\da-fA-F.:]+) ([\da-fA-F.:]+) (\d{1,5}) (\d{1,5})$/;
/** The rest of such a line must be ignored. */
const UNKNOWN = /^PROXY UNKNOWN(?: .*)?$/;
const FAMILIES: Readonly<Record<string, number>> = { TCP4: 4, TCP6: 6 };

/**
 * Reads a line such as `PROXY TCP4 203.0.113.9 192.0.2.1 5123 443`.
 *
 * @param bytes begin with `PROXY`
 * @returns undefined while the header is incomplete
 * @throws {ProxyHeaderError}
 */
export function readVersion1(bytes: Buffer): ProxyHeader | undefined {
  const text = bytes.toString('latin1', 0, MOST_BYTES);
  const end = text.indexOf(LINE_END);
  if (end === -1 && bytes.length < MOST_BYTES) return undefined;
  if (end === -1) throw new ProxyHeaderError(`The PROXY line is longer than ${MOST_BYTES} bytes.`);
  const line = text.slice(0, end);
  const length = end + LINE_END.length;
  if (UNKNOWN.test(line)) return { length, source: undefined, destination: undefined, isSecure: false };
  const [, family = '', source = '', destination = '', sourcePort = '', destinationPort = ''] =
    LINE.exec(line) ?? [];
  return {
    length,
    source: endOf(source, sourcePort, FAMILIES[family]),
    destination: endOf(destination, destinationPort, FAMILIES[family]),
    isSecure: false,
  };
}

function endOf(address: string, port: string, family: number | undefined): ProxiedEnd {
  const isPlain = String(Number(port)) === port && Number(port) <= MAX_PORT;
  if (family === undefined || isIP(address) !== family || !isPlain) {
    throw new ProxyHeaderError('The PROXY line is malformed.');
  }
  return { address, port: Number(port) };
}
