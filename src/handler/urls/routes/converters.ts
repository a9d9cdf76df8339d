import { ImproperlyConfigured } from '../../../errors.ts';
import { withPlainDots } from './any-character.ts';

/** Converts a part of a path to a value, and back. `registerConverter()` has an example. */
export interface Converter<Value = unknown> {
  /** Matches the text. It has no anchors and none of the flags i, m and v. */
  readonly regex: RegExp;
  /** The value; undefined if the text has no value, so that the route does not match. */
  toValue(text: string): Value | undefined;
  /** The text for `reverse()`; undefined if the value has none. */
  toUrl(value: Value): string | undefined;
}

const converters = new Map<string, Converter>([
  ['int', { regex: /[0-9]+/, toValue: safeInteger, toUrl: String }],
  ['str', textConverter(/[^/]+/)],
  ['slug', textConverter(/[-a-zA-Z0-9_]+/)],
  ['uuid', textConverter(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/)],
  ['path', textConverter(/[^\n]+/)],
]);

/**
 * Adds a converter for routes that are made after this call: `registerConverter('year', …)` makes `<year:y>` possible.
 * `ConverterTypes` gives views its type.
 *
 * @throws {ImproperlyConfigured} for a name that is already used, and for a regex with forbidden flags.
 *
 * @example
 * import { registerConverter } from 'startproject/urls';
 *
 * registerConverter('year', { regex: /[0-9]{4}/, toValue: Number, toUrl: (year: number) => String(year) });
 */
export function registerConverter<Value>(name: string, converter: Converter<Value>): void {
  if (converters.has(name)) throw new ImproperlyConfigured(`There is a converter '${name}' already.`);
  if (!(converter.regex instanceof RegExp)) {
    throw new ImproperlyConfigured(
      `The converter '${name}' needs a regex, a regular expression without anchors.`,
    );
  }
  const { regex } = converter;
  if (/[imv]/.test(regex.flags)) {
    throw new ImproperlyConfigured(
      `The regex of the converter '${name}' has the flags '${regex.flags}', which would apply to the whole route.`,
      { hint: 'Write the regex without i, m and v: [A-Za-z] for /[a-z]/i.' },
    );
  }
  converters.set(name, {
    regex: withPlainDots(regex),
    toValue: (text) => converter.toValue(text),
    toUrl: (value) => converter.toUrl(value as Value),
  });
}

export function findConverter(name: string): Converter | undefined {
  return converters.get(name);
}

export function converterNames(): readonly string[] {
  return [...converters.keys()];
}

function textConverter(regex: RegExp): Converter {
  return { regex, toValue: (text) => text, toUrl: String };
}

/** An integer that is not safe does not match, since it would be rounded to another number. */
function safeInteger(text: string): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
