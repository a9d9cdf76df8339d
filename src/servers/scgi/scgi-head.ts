import { type Pair, type PairPlace, PairReader } from '../gateway/pairs/pair-reader.ts';
import { HttpRefusal } from '../http/request/refusal.ts';

const ZERO = 48;
const NINE = 57;
const COLON = 58;
const COMMA = 44;
const MOST_DIGITS = 9;

/**
 * The size of the head in bytes, as soon as the first bytes contain it.
 *
 * @param limit the maximum size of a head
 * @throws {HttpRefusal} if the bytes are not the beginning of a head, or the head will be too large
 */
export function scgiHeadSize(bytes: Uint8Array, limit: number): number | undefined {
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === COLON) {
      if (i === 0) throw malformed('no length');
      return checkedSize(i + 1 + length + 1, limit);
    }
    if (byte < ZERO || byte > NINE) throw malformed(describeBeginning(bytes));
    if (i === 1 && length === 0) throw malformed('a length that begins with 0');
    if (i === MOST_DIGITS) throw headersTooLarge(limit);
    length = length * 10 + (byte - ZERO);
  }
  return undefined;
}

/** Parses the heads of successive requests. */
export class ScgiHeadReader {
  readonly #pairs = new PairReader(placeOf);

  /**
   * Parses a complete head (https://python.ca/scgi/protocol.txt): a netstring of the variables. The first one is
   * CONTENT_LENGTH, the length of the body that follows.
   *
   * @param head as many bytes as `scgiHeadSize()` returns
   * @throws {HttpRefusal} if the head is malformed
   */
  read(head: Buffer): readonly Pair[] {
    const end = head.length - 1;
    if (head[end] !== COMMA) throw malformed('no comma behind the headers');
    const variables = this.#pairs.read(head.subarray(head.indexOf(COLON) + 1, end))!;
    let isScgi = false;
    for (let i = 0; i < variables.length; i++) {
      const [name, value] = variables[i]!;
      if (name === 'CONTENT_LENGTH' && i > 0)
        throw malformed('CONTENT_LENGTH elsewhere than at the beginning');
      if (name !== 'SCGI') continue;
      if (value !== '1') throw malformed('another version of SCGI than 1');
      isScgi = true;
    }
    const [first, length = ''] = variables[0] ?? [];
    if (first !== 'CONTENT_LENGTH') throw malformed('no CONTENT_LENGTH at the beginning');
    if (!/^\d{1,15}$/.test(length)) throw malformed('a CONTENT_LENGTH that is not a number');
    if (!isScgi) throw malformed('no header SCGI with the value 1');
    return variables;
  }
}

/** Names and values each end with a NUL. */
function placeOf(headers: Buffer, nameStart: number): PairPlace {
  const nameEnd = headers.indexOf(0, nameStart);
  if (nameEnd === -1) throw malformed('headers that do not end with a NUL');
  if (nameEnd === nameStart) throw malformed('a header without a name');
  const valueStart = nameEnd + 1;
  if (valueStart === headers.length) throw malformed('a header without a value');
  const valueEnd = headers.indexOf(0, valueStart);
  if (valueEnd === -1) throw malformed('headers that do not end with a NUL');
  return { nameStart, nameEnd, valueStart, valueEnd, end: valueEnd + 1 };
}

function checkedSize(size: number, limit: number): number {
  if (size > limit) throw headersTooLarge(limit);
  return size;
}

function describeBeginning(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8)).toString('latin1');
  if (/^[A-Z]+ /.test(text)) return 'HTTP';
  return 'something else than a length at the beginning';
}

function malformed(found: string): HttpRefusal {
  return new HttpRefusal(400, `Expected an SCGI request, found ${found}.`);
}

function headersTooLarge(limit: number): HttpRefusal {
  return new HttpRefusal(431, `The headers of the SCGI request are larger than ${limit} bytes.`);
}
