import { type Pair, type PairPlace, PairReader } from '../gateway/pairs/pair-reader.ts';

/**
 * Lengths up to this limit are encoded in one byte, longer ones in four bytes with the highest bit set (FastCGI 1.0,
 * section 3.4).
 */
const MOST_SHORT = 0x7f;
const LONG_BYTES = 4;

/** Makes a reader for the pairs of a FastCGI stream or record. */
export function fastCgiPairReader(): PairReader {
  return new PairReader(placeOf);
}

/** The positions of the pair that begins at an offset; undefined if its lengths are incomplete. */
function placeOf(bytes: Buffer, at: number): PairPlace | undefined {
  const isLongName = bytes[at]! > MOST_SHORT;
  const second = at + (isLongName ? LONG_BYTES : 1);
  if (second >= bytes.length) return undefined;
  const isLongValue = bytes[second]! > MOST_SHORT;
  const nameStart = second + (isLongValue ? LONG_BYTES : 1);
  if (nameStart > bytes.length) return undefined;
  const nameEnd = nameStart + lengthAt(bytes, at, isLongName);
  const end = nameEnd + lengthAt(bytes, second, isLongValue);
  return { nameStart, nameEnd, valueStart: nameEnd, valueEnd: end, end };
}

function lengthAt(bytes: Buffer, at: number, isLong: boolean): number {
  return isLong ? bytes.readUInt32BE(at) & 0x7fffffff : bytes[at]!;
}

/** Encodes pairs for a record. Each character is a byte. */
export function encodePairs(pairs: Iterable<Pair>): string {
  let text = '';
  for (const [name, value] of pairs)
    text += encodeLength(name.length) + encodeLength(value.length) + name + value;
  return text;
}

function encodeLength(length: number): string {
  if (length <= MOST_SHORT) return String.fromCharCode(length);
  return String.fromCharCode(
    0x80 | (length >>> 24),
    (length >> 16) & 0xff,
    (length >> 8) & 0xff,
    length & 0xff,
  );
}
