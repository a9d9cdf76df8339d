const SLOTS = 512;
const MOST_LENGTH = 64;

/**
 * A cache of variable names. Web servers send the same few names with each request. A comparison is cheaper than making
 * a new string, for which V8 computes a hash and searches for an equal string (`bench/fastcgi.js`).
 */
export class KnownNames {
  readonly #slots: (string | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The name at a position of a text. */
  at(text: string, start: number, end: number): string {
    const length = end - start;
    if (length === 0 || length > MOST_LENGTH) return text.slice(start, end);
    const middle = text.charCodeAt(start + (length >> 1));
    const slot = (length * 31 + middle * 7 + text.charCodeAt(end - 1)) % SLOTS;
    const known = this.#slots[slot];
    if (known !== undefined && known.length === length && text.startsWith(known, start)) return known;
    const [name] = Object.keys({ [text.slice(start, end)]: 0 }); // V8 computes the hash of a string that is used as a key.
    this.#slots[slot] = name;
    return name!;
  }
}
