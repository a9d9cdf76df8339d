import { KnownNames } from './known-names.ts';

/** A variable, each character a byte. */
export type Pair = readonly [name: string, value: string];

/** Where a pair has its name and its value, and where the next one begins. */
export interface PairPlace {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly end: number;
}

const names = new KnownNames();

const NOTHING = Buffer.alloc(0);
/** Of longer lists nothing is remembered: the memory of a connection has a bound. */
const MOST_REMEMBERED_BYTES = 4096;

/**
 * Takes lists of names and values apart, one request's after the other's: most pairs of a request are, byte for byte, those
 * of the request before, and such a pair is the same object.
 */
export class PairReader {
  readonly #placeOf: (bytes: Buffer, at: number) => PairPlace | undefined;
  /** The list before this one. */
  #pairs: readonly Pair[] = [];
  #held: Buffer = NOTHING;
  #bytes: DataView | undefined;
  /** Where each of its pairs ends. */
  #ends: number[] = [];

  /** @param placeOf where the pair is that begins at a place; undefined where it is cut off. What it throws, `read()` throws */
  constructor(placeOf: (bytes: Buffer, at: number) => PairPlace | undefined) {
    this.#placeOf = placeOf;
  }

  /** @returns undefined where the last pair is cut off */
  read(bytes: Buffer): readonly Pair[] | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const ends = this.#ends;
    this.#ends = []; // until all has been read
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
        const place = this.#placeOf(bytes, at);
        if (place === undefined || place.end > bytes.length) return undefined;
        text ??= bytes.toString('latin1');
        const name = names.at(text, place.nameStart, place.nameEnd);
        pairs.push([name, text.slice(place.valueStart, place.valueEnd)]);
        at = place.end;
      }
      ends[i] = at;
      start = end;
    }
    if (bytes.length <= MOST_REMEMBERED_BYTES) this.#remember(bytes, pairs, ends);
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

  #remember(bytes: Buffer, pairs: readonly Pair[], ends: number[]): void {
    if (this.#held.length < bytes.length) {
      this.#held = Buffer.allocUnsafeSlow(bytes.length);
      this.#bytes = new DataView(this.#held.buffer);
    }
    bytes.copy(this.#held);
    this.#pairs = pairs;
    this.#ends = ends;
    ends.length = pairs.length;
  }
}
