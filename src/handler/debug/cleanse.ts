import { inspect } from 'node:util';
import { quote } from '../../text/quote.ts';
import { hideSecrets, isSecretName, SUBSTITUTE } from './secrets.ts';

const HIDDEN_COOKIE = /SESS|SID/i;
const LONGEST = 4096;

/**
 * The length up to which a value is searched for secrets. It is longer than the shown part, in which a secret may
 * begin.
 */
const MOST_SEARCHED = 4 * LONGEST;

/** Formats a value for a debug page. It is hidden if its name or its form is that of a secret. */
export function showValue(name: string, value: unknown): string {
  const cleansed = cleanse(name, value);
  const text = typeof cleansed === 'string' ? cleansed : inspect(cleansed, { depth: 6, breakLength: 100 });
  const shown = hideSecrets(text.slice(0, MOST_SEARCHED));
  const trimmed = shown.length + Math.max(0, text.length - MOST_SEARCHED) - LONGEST;
  return trimmed > 0 ? `${shown.slice(0, LONGEST)}… <trimmed ${trimmed} characters>` : shown;
}

export function showCookie(name: string, value: string): string {
  return HIDDEN_COOKIE.test(name) ? SUBSTITUTE : showValue(name, value);
}

function cleanse(name: string, value: unknown, above: readonly unknown[] = []): unknown {
  if (isSecretName(name)) return SUBSTITUTE;
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[Circular]';
  if (Array.isArray(value)) {
    const [key] = value;
    // The headers of WSGI, and the entries of a Map or of an object, are pairs.
    const isPair = value.length === 2 && typeof key === 'string';
    return value.map((item, index) => cleanse(isPair && index === 1 ? key : '', item, [...above, value]));
  }
  if (!isPlain(value)) return new Opaque(quote(value));
  const entries = Object.entries(value).map(([key, item]) => [key, cleanse(key, item, [...above, value])]);
  return Object.fromEntries(entries);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  const isModule = Object.prototype.toString.call(value) === '[object Module]';
  return !isModule && (prototype === null || prototype === Object.prototype);
}

/** Shown without quotes. The fields of a class instance are not shown, since they may be secret. */
class Opaque {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  [inspect.custom](): string {
    return `<${this.#text}>`;
  }
}
