const SLOTS = 512;
const MOST_LENGTH = 64;

/**
 * The names of variables that have come before. Web servers send the same few with each request, and to make a string of
 * each again, for which V8 has to compute a hash and find its like, costs more than to compare it (bench/fastcgi.js).
 */
export class KnownNames {
  readonly #slots: (string | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The name that a text has at a place. */
  at(text: string, start: number, end: number): string {
    const length = end - start;
    if (length === 0 || length > MOST_LENGTH) return text.slice(start, end);
    const middle = text.charCodeAt(start + (length >> 1));
    const slot = (length * 31 + middle * 7 + text.charCodeAt(end - 1)) % SLOTS;
    const known = this.#slots[slot];
    if (known !== undefined && known.length === length && text.startsWith(known, start)) return known;
    const [name] = Object.keys({ [text.slice(start, end)]: 0 }); // as a key it has its hash
    this.#slots[slot] = name;
    return name!;
  }
}
