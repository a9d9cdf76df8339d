import { BoundedMap } from '../../../wsgi/bounded-map.ts';
import { cgiName } from '../../../wsgi/environ/cgi-names.ts';

const CACHE_SIZE = 256;
const CACHED_LENGTH = 1024;
const known = new BoundedMap<string, HeaderNames>(CACHE_SIZE);

/**
 * The names of a request's headers, in order. A client sends the same names with every request of a connection, and
 * comparing them with the previous ones is faster than converting and looking up each.
 */
export class HeaderNames {
  /** The names in the form of Node's `request.headers`. */
  readonly lower: readonly string[];
  /** The keys of an environ; `undefined` for a header that an application must not see. */
  readonly keys: readonly (string | undefined)[];
  /** Whether each header was sent once with a single value, which is neither joined with others nor in an array. */
  readonly isPlain: boolean;
  readonly #sent: readonly string[];

  /** @param last the names of the previous request on the same connection */
  static of(rawHeaders: readonly string[], last?: HeaderNames): HeaderNames {
    if (last?.fits(rawHeaders)) return last;
    const sent = rawHeaders.filter((_text, i) => i % 2 === 0);
    const key = sent.join('\n');
    const found = known.get(key) ?? new HeaderNames(sent);
    if (key.length <= CACHED_LENGTH) known.set(key, found);
    return found;
  }

  private constructor(sent: readonly string[]) {
    this.#sent = sent;
    this.lower = sent.map((name) => name.toLowerCase());
    this.keys = sent.map(cgiName);
    const seen: Record<string, true> = { 'set-cookie': true };
    this.isPlain = this.lower.every((name) => {
      const isNew = !(name in seen); // Names that every object has, such as `__proto__`, are also left to Node.
      seen[name] = true;
      return isNew;
    });
  }

  /** Whether these headers have exactly these names. */
  fits(rawHeaders: readonly string[]): boolean {
    const sent = this.#sent;
    if (rawHeaders.length !== sent.length * 2) return false;
    for (let i = 0; i < sent.length; i++) if (sent[i] !== rawHeaders[i * 2]) return false;
    return true;
  }
}
