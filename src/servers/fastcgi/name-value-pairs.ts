import { KnownNames } from '../gateway/known-names.ts';

/** A variable, each character a byte. */
export type Pair = readonly [name: string, value: string];

const names = new KnownNames();

/** Lengths of up to this are one byte, others four with the highest bit set (FastCGI 1.0, section 3.4). */
const MOST_SHORT = 0x7f;
const LONG_BYTES = 4;
const NOTHING = Buffer.alloc(0);
/** Of longer lists nothing is remembered: the memory of a connection has a bound. */
const MOST_REMEMBERED_BYTES = 4096;

/**
 * Takes name-value pairs apart. A connection has one: most pairs of a request are, byte for byte, those of the request
 * before, and such a pair is the same object.
 */
export class PairReader {
  /** The list before this one. */
  #pairs: readonly Pair[] = [];
  #held: Buffer = NOTHING;
  #bytes: DataView | undefined;
  /** Where each of its pairs ends. */
  #ends: number[] = [];

  /**
   * @param bytes all of them, as a stream or a record of FastCGI has them
   * @returns undefined where the last is cut off
   */
  read(bytes: Buffer): readonly Pair[] | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const ends = this.#ends;
    const pairs: Pair[] = [];
    let text: string | undefined;
    let at = 0;
    let start = 0;
    while (at < bytes.length) {
      const i = pairs.length;
      const end = ends[i] ?? 0;
      if (end > 0 && this.#isSame(view, at, start, end)) {
        pairs.push(this.#pairs[i]!);
        at += end - start;
      } else {
        const place = placeOf(bytes, at);
        if (place === undefined || place.valueEnd > bytes.length) return this.#forget();
        text ??= bytes.toString('latin1');
        pairs.push([names.at(text, place.start, place.nameEnd), text.slice(place.nameEnd, place.valueEnd)]);
        at = place.valueEnd;
      }
      ends[i] = at;
      start = end;
    }
    if (bytes.length > MOST_REMEMBERED_BYTES) this.#forget();
    else this.#remember(bytes, pairs);
    return pairs;
  }

  /** Whether the bytes at a place are these of the list before. Four at a time: a call of Node's takes longer for so few. */
  #isSame(view: DataView, at: number, start: number, end: number): boolean {
    const before = this.#bytes!;
    if (at + end - start > view.byteLength) return false;
    let k = start;
    let place = at;
    for (; k + 4 <= end; k += 4, place += 4) if (before.getUint32(k) !== view.getUint32(place)) return false;
    for (; k < end; k++, place++) if (before.getUint8(k) !== view.getUint8(place)) return false;
    return true;
  }

  #forget(): undefined {
    this.#ends = [];
  }

  #remember(bytes: Buffer, pairs: readonly Pair[]): void {
    if (this.#held.length < bytes.length) {
      this.#held = Buffer.allocUnsafeSlow(bytes.length);
      this.#bytes = new DataView(this.#held.buffer);
    }
    bytes.copy(this.#held);
    this.#pairs = pairs;
    this.#ends.length = pairs.length;
  }
}

interface Place {
  readonly start: number;
  readonly nameEnd: number;
  readonly valueEnd: number;
}

/** Where the name and the value of the pair are that begins at a place; undefined where its lengths are cut off. */
function placeOf(bytes: Buffer, at: number): Place | undefined {
  const isLongName = bytes[at]! > MOST_SHORT;
  const second = at + (isLongName ? LONG_BYTES : 1);
  if (second >= bytes.length) return undefined;
  const isLongValue = bytes[second]! > MOST_SHORT;
  const start = second + (isLongValue ? LONG_BYTES : 1);
  if (start > bytes.length) return undefined;
  const nameEnd = start + lengthAt(bytes, at, isLongName);
  return { start, nameEnd, valueEnd: nameEnd + lengthAt(bytes, second, isLongValue) };
}

function lengthAt(bytes: Buffer, at: number, isLong: boolean): number {
  return isLong ? bytes.readUInt32BE(at) & 0x7fffffff : bytes[at]!;
}

/** Pairs as a record has them, each character a byte. */
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
