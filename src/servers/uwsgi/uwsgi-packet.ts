import { HttpRefusal } from '../http/request/refusal.ts';

/** What a packet of the uwsgi protocol (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html) is. */
export interface UwsgiPacket {
  /** A request with its CGI variables, or the question whether there is anybody. */
  readonly kind: 'request' | 'ping';
  /** How many bytes it takes, its header included. */
  readonly size: number;
}

const HEADER_SIZE = 4;
const REQUEST = 0;
const PING = 100;

/** The answer to a ping: `modifier1` 100, no data, `modifier2` 1. */
export const PONG: Uint8Array = Uint8Array.of(PING, 0, 0, 1);

/**
 * What a packet is, as soon as its header has come.
 *
 * @param limit the most bytes that a packet may take
 * @throws {HttpRefusal} for one that no web server sends to an application, or that will be too large
 */
export function readUwsgiHeader(bytes: Uint8Array, limit: number): UwsgiPacket | undefined {
  const [modifier1, low, high] = bytes;
  if (modifier1 === undefined) return undefined;
  if (modifier1 !== REQUEST && modifier1 !== PING) throw malformed(describeModifier(bytes));
  if (bytes.length < HEADER_SIZE) return undefined;
  const size = HEADER_SIZE + low! + high! * 256;
  if (size > limit)
    throw new HttpRefusal(431, `The variables of the request by uwsgi are larger than ${limit} bytes.`);
  return { kind: modifier1 === PING ? 'ping' : 'request', size };
}

/**
 * The variables of a whole request, bytes as latin-1 characters.
 *
 * @param packet as many bytes as its header says
 * @throws {HttpRefusal} for sizes that lead beyond its end
 */
export function parseUwsgiVariables(packet: Buffer): [name: string, value: string][] {
  const variables: [string, string][] = [];
  let at = HEADER_SIZE;
  while (at < packet.length) {
    const nameEnd = endOfText(packet, at);
    const valueEnd = endOfText(packet, nameEnd);
    if (nameEnd === at + 2) throw malformed('a variable without a name');
    variables.push([text(packet, at, nameEnd), text(packet, nameEnd, valueEnd)]);
    at = valueEnd;
  }
  if (variables.length === 0) throw malformed('no variables');
  return variables;
}

/** The end of a text behind its own size, 16 bits with the low ones first. */
function endOfText(packet: Buffer, at: number): number {
  if (at + 2 > packet.length) throw malformed('a variable that is cut off');
  const end = at + 2 + packet[at]! + packet[at + 1]! * 256;
  if (end > packet.length) throw malformed('a size that leads beyond the end of the packet');
  return end;
}

function text(packet: Buffer, at: number, end: number): string {
  return packet.toString('latin1', at + 2, end);
}

function describeModifier(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8)).toString('latin1');
  if (/^[A-Z]+ /.test(text)) return 'HTTP';
  return `modifier1 ${bytes[0]}, where a request has 0`;
}

function malformed(found: string): HttpRefusal {
  return new HttpRefusal(400, `Expected a request by uwsgi, and found ${found}.`);
}
