import { quote } from '../text/quote.ts';

/** The rule for each option's value. */
type OptionRules = Readonly<Record<string, 'text' | 'object' | 'anything'>>;

/**
 * Checks that the options are one object with known names only. Arguments in Django's order would otherwise be
 * ignored without a message.
 *
 * @param call What was called, for the message: `path('x/')`.
 * @param more The arguments after the options.
 * @param usage The correct form, for the message.
 * @throws {TypeError}
 */
export function checkOptions(
  call: string,
  rules: OptionRules,
  [options, ...more]: readonly unknown[],
  usage: string,
): void {
  const problem =
    problemOf(options, rules) ??
    (more.length > 0 ? `has one argument too many: ${quote(more[0])}` : undefined);
  if (problem !== undefined) throw new TypeError(`${call} ${problem}. Write ${usage}.`);
}

function problemOf(options: unknown, rules: OptionRules): string | undefined {
  if (!isObject(options)) return `takes its options as an object, found ${quote(options)}`;
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) return `has no option '${name}'`;
    const isRight = rule === 'anything' || (rule === 'text' ? typeof value === 'string' : isObject(value));
    if (!isRight && value !== undefined)
      return `must have ${rule} as its option '${name}', found ${quote(value)}`;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
