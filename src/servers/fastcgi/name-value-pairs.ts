/** Lengths of up to this are one byte, others four with the highest bit set (FastCGI 1.0, section 3.4). */
const MOST_SHORT = 0x7f;
const LONG_BYTES = 4;

/**
 * Takes name-value pairs apart.
 *
 * @param bytes all of them, as a stream or a record of FastCGI has them
 * @returns names and values, each character a byte; undefined where the last is cut off
 */
export function parsePairs(bytes: Buffer): [name: string, value: string][] | undefined {
  const text = bytes.toString('latin1');
  const end = bytes.length;
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < end) {
    let nameLength = bytes[at]!;
    if (nameLength <= MOST_SHORT) {
      at += 1;
    } else {
      if (at + LONG_BYTES > end) return undefined;
      nameLength = bytes.readUInt32BE(at) & 0x7fffffff;
      at += LONG_BYTES;
    }
    if (at >= end) return undefined;
    let valueLength = bytes[at]!;
    if (valueLength <= MOST_SHORT) {
      at += 1;
    } else {
      if (at + LONG_BYTES > end) return undefined;
      valueLength = bytes.readUInt32BE(at) & 0x7fffffff;
      at += LONG_BYTES;
    }
    const nameEnd = at + nameLength;
    const valueEnd = nameEnd + valueLength;
    if (valueEnd > end) return undefined;
    pairs.push([text.slice(at, nameEnd), text.slice(nameEnd, valueEnd)]);
    at = valueEnd;
  }
  return pairs;
}

/** Pairs as a record has them, each character a byte. */
export function encodePairs(pairs: Iterable<readonly [name: string, value: string]>): string {
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
