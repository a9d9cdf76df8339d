import { type Pair, type PairPlace, PairReader } from '../gateway/pairs/pair-reader.ts';
import { HttpRefusal } from '../http/request/refusal.ts';

/** A packet of the uwsgi protocol (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html). */
interface UwsgiPacket {
  /** A request with its CGI variables, or a ping. */
  readonly kind: 'request' | 'ping';
  /** Its size in bytes, including its header. */
  readonly size: number;
}

const HEADER_SIZE = 4;
const REQUEST = 0;
const PING = 100;

/** The answer to a ping: `modifier1` 100, no data, `modifier2` 1. */
export const PONG: Uint8Array = Uint8Array.of(PING, 0, 0, 1);

/**
 * Reads the kind of a packet from its header.
 *
 * @param limit the maximum size of a packet
 * @throws {HttpRefusal} for a packet that no web server sends to an application, or that will be too large
 */
export function readUwsgiHeader(bytes: Uint8Array, limit: number): UwsgiPacket | undefined {
  const [modifier1, low, high] = bytes;
  if (modifier1 === undefined) return undefined;
  if (modifier1 !== REQUEST && modifier1 !== PING) throw malformed(describeModifier(bytes));
  if (bytes.length < HEADER_SIZE) return undefined;
  const size = HEADER_SIZE + low! + high! * 256;
  if (size > limit)
    throw new HttpRefusal(431, `The variables of the uwsgi request are larger than ${limit} bytes.`);
  return { kind: modifier1 === PING ? 'ping' : 'request', size };
}

/** Parses the variables of successive packets. */
export class UwsgiPacketReader {
  readonly #pairs = new PairReader(placeOf);

  /**
   * The variables of a complete request.
   *
   * @param packet as many bytes as its header says
   * @throws {HttpRefusal} for sizes that exceed the packet
   */
  read(packet: Buffer): readonly Pair[] {
    const variables = this.#pairs.read(packet.subarray(HEADER_SIZE))!;
    if (variables.length === 0) throw malformed('no variables');
    return variables;
  }
}

/** Names and values each follow their size. */
function placeOf(variables: Buffer, at: number): PairPlace {
  const nameEnd = endOfText(variables, at);
  if (nameEnd === at + 2) throw malformed('a variable without a name');
  const end = endOfText(variables, nameEnd);
  return { nameStart: at + 2, nameEnd, valueStart: nameEnd + 2, valueEnd: end, end };
}

/** The end of a text after its size of 16 bits, little-endian. */
function endOfText(variables: Buffer, at: number): number {
  if (at + 2 > variables.length) throw malformed('a variable that is cut off');
  const end = at + 2 + variables[at]! + variables[at + 1]! * 256;
  if (end > variables.length) throw malformed('a size that leads beyond the end of the packet');
  return end;
}

function describeModifier(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8)).toString('latin1');
  if (/^[A-Z]+ /.test(text)) return 'HTTP';
  return `modifier1 ${bytes[0]}, where a request has 0`;
}

function malformed(found: string): HttpRefusal {
  return new HttpRefusal(400, `Expected a uwsgi request, found ${found}.`);
}
