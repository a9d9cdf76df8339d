import { inspect } from 'node:util';
import { quote } from '../../text/quote.ts';

const HIDDEN_NAME = /API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE/i;
const HIDDEN_COOKIE = /SESS|SID/i;
const PASSWORD_IN_URL = /(:\/\/[^\s:@/]*:)[^\s@/]+@/g;
const SUBSTITUTE = '*'.repeat(20);
const LONGEST = 4096;

/** A value as a debug page shows it under a name: hidden when the name says that it is a secret. */
export function showValue(name: string, value: unknown): string {
  const cleansed = cleanse(name, value);
  const text = typeof cleansed === 'string' ? cleansed : inspect(cleansed, { depth: 6, breakLength: 100 });
  const shown = text.replace(PASSWORD_IN_URL, `$1${SUBSTITUTE}@`);
  return shown.length > LONGEST
    ? `${shown.slice(0, LONGEST)}… <trimmed ${shown.length - LONGEST} characters>`
    : shown;
}

export function showCookie(name: string, value: string): string {
  return HIDDEN_COOKIE.test(name) ? SUBSTITUTE : showValue(name, value);
}

function cleanse(name: string, value: unknown, above: readonly unknown[] = []): unknown {
  if (HIDDEN_NAME.test(name)) return SUBSTITUTE;
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[Circular]';
  if (Array.isArray(value)) return value.map((item) => cleanse('', item, [...above, value]));
  if (!isPlain(value)) return new Opaque(quote(value));
  const entries = Object.entries(value).map(([key, item]) => [key, cleanse(key, item, [...above, value])]);
  return Object.fromEntries(entries);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  const isModule = Object.prototype.toString.call(value) === '[object Module]';
  return !isModule && (prototype === null || prototype === Object.prototype);
}

/** Shown without quotes. What lies in an instance of a class is not for us to know, and might be secret. */
class Opaque {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  [inspect.custom](): string {
    return `<${this.#text}>`;
  }
}
