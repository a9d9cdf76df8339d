import { KnownNames } from './known-names.ts';

/** A variable. Each character is a byte. */
export type Pair = readonly [name: string, value: string];

/** The positions of a pair's name and value, and of the next pair. */
export interface PairPlace {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly end: number;
}

const names = new KnownNames();

const NOTHING = Buffer.alloc(0);
/** Longer lists are not cached, so that the memory of a connection is limited. */
const MOST_REMEMBERED_BYTES = 4096;

/**
 * Parses the lists of names and values of successive requests. Most pairs of a request are byte for byte equal to those
 * of the last request. Such a pair is returned as the same object.
 */
export class PairReader {
  readonly #placeOf: (bytes: Buffer, at: number) => PairPlace | undefined;
  /** The pairs of the last list. */
  #pairs: readonly Pair[] = [];
  #held: Buffer = NOTHING;
  #bytes: DataView | undefined;
  /** The end of each of these pairs. */
  #ends: number[] = [];

  /**
   * @param placeOf returns the positions of the pair that begins at an offset; undefined if it is incomplete. `read()`
   * passes on its errors
   */
  constructor(placeOf: (bytes: Buffer, at: number) => PairPlace | undefined) {
    this.#placeOf = placeOf;
  }

  /** @returns undefined if the last pair is incomplete */
  read(bytes: Buffer): readonly Pair[] | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const ends = this.#ends;
    this.#ends = []; // Empty until the whole list is parsed.
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

  /**
   * Whether the bytes at an offset equal those of the last list. Four bytes are compared at a time, since a call of a
   * Buffer method is slower for so few bytes.
   */
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
