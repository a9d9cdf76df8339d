import { BoundedMap } from '../../wsgi/bounded-map.ts';
import type { Header } from '../../wsgi/types.ts';
import { delegateMembers } from './delegate-members.ts';

type Init = ConstructorParameters<typeof Headers>[0];

const setUp: { isDone?: true } = {};
const SET_COOKIE = 'set-cookie';
const PLAIN_NAME = /^[a-z0-9-]+$/i;
// Sites set the same few names repeatedly, so checked names are cached.
const CACHE_SIZE = 256;
const CACHED_NAME_LENGTH = 64;
const lowerNames = new BoundedMap<string, string>(CACHE_SIZE);
/** Values that Headers would reject or change. */
const ODD_VALUE = /^ | $|[^\x20-\x7e]/;

/**
 * The headers of a `LightResponse`. They stay pairs, ready to be sent, while callers only set and get common headers.
 * For every other operation they become `Headers`, which take longer for the same work (`bench/wsgi.js site`).
 */
export class LightHeaders {
  /** The names are in lower case. Empty after the conversion to `Headers`. */
  #pairs: [string, string][] = [];
  #real: Headers | undefined;

  static create(init?: Init): Headers {
    if (!setUp.isDone) LightHeaders.#join(Headers.prototype);
    return new LightHeaders(init) as unknown as Headers;
  }

  /**
   * A copy of the pairs, in which each Set-Cookie has a pair of its own. Undefined for headers that are not of this
   * class.
   */
  static pairsOf(headers: Headers): Header[] | undefined {
    if (!(#real in headers)) return undefined;
    return headers.#real === undefined ? headers.#pairs.slice() : [...headers.#real];
  }

  /** As `pairsOf()`, but not a copy: callers must not change the pairs. */
  static peek(headers: Headers): [string, string][] | undefined {
    return #real in headers && headers.#real === undefined ? headers.#pairs : undefined;
  }

  static #join(prototype: Headers): void {
    setUp.isDone = true;
    delegateMembers(LightHeaders.prototype, prototype, (one) => (#real in one ? one.#become() : one));
    Object.defineProperty(LightHeaders.prototype, 'constructor', { value: Headers });
  }

  private constructor(init: Init) {
    if (init !== undefined && !this.#fill(init)) {
      this.#pairs = [];
      this.#real = new Headers(init);
    }
  }

  get(name: string): string | null {
    const lower = this.#single(name);
    return lower === undefined ? this.#become().get(name) : (this.#pairs[this.#indexOf(lower)]?.[1] ?? null);
  }

  has(name: string): boolean {
    const lower = this.#single(name);
    return lower === undefined ? this.#become().has(name) : this.#indexOf(lower) >= 0;
  }

  set(...given: [name: string, value: string]): void {
    const [name, value] = given;
    const lower = isPlainValue(value) ? this.#single(name) : undefined;
    if (lower === undefined) {
      this.#become().set(...given); // Passes all given arguments, so that `Headers` itself checks their number.
      return;
    }
    const index = this.#indexOf(lower);
    if (index === -1) this.#pairs.push([lower, value]);
    else this.#pairs[index]![1] = value;
  }

  append(...given: [name: string, value: string]): void {
    if (!this.#append(given[0], given[1])) this.#become().append(...given);
  }

  delete(name: string): void {
    const lower = this.#single(name);
    if (lower === undefined) {
      this.#become().delete(name);
      return;
    }
    const index = this.#indexOf(lower);
    if (index >= 0) this.#pairs.splice(index, 1);
  }

  /**
   * The name in lower case; undefined for a name that only `Headers` can look up, such as that of cookies, of which
   * there may be several.
   */
  #single(name: unknown): string | undefined {
    if (this.#real !== undefined) return undefined;
    const lower = plainName(name);
    return lower === SET_COOKIE ? undefined : lower;
  }

  #indexOf(lower: string): number {
    const pairs = this.#pairs;
    for (let i = 0; i < pairs.length; i++) if (pairs[i]![0] === lower) return i;
    return -1;
  }

  /** @returns whether the pairs could hold the header. */
  #append(name: unknown, value: unknown): boolean {
    if (this.#real !== undefined || !isPlainValue(value)) return false;
    const lower = plainName(name);
    if (lower === undefined) return false;
    const index = lower === SET_COOKIE ? -1 : this.#indexOf(lower);
    if (index === -1) this.#pairs.push([lower, value]);
    else this.#pairs[index]![1] += `, ${value}`;
    return true;
  }

  /** @returns whether the pairs could hold all headers. */
  #fill(init: Init): boolean {
    if (typeof init !== 'object' || init === null) return false;
    if (#real in init) {
      this.#pairs = init.#pairs.map(([name, value]) => [name, value]);
      return init.#real === undefined;
    }
    if (Array.isArray(init)) return init.every((pair) => pair.length === 2 && this.#append(pair[0], pair[1]));
    if (Object.getPrototypeOf(init) !== Object.prototype) return false;
    for (const name in init) if (!this.#append(name, (init as Record<string, unknown>)[name])) return false;
    return true;
  }

  #become(): Headers {
    this.#real ??= new Headers(this.#pairs);
    this.#pairs = [];
    return this.#real;
  }
}

/** A header's name in lower case; undefined if `Headers` must check it. */
function plainName(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  if (!PLAIN_NAME.test(name)) return undefined;
  const lower = name.toLowerCase();
  if (name.length <= CACHED_NAME_LENGTH) lowerNames.set(name, lower);
  return lower;
}

function isPlainValue(value: unknown): value is string {
  return typeof value === 'string' && !ODD_VALUE.test(value);
}
