import { isUserError, type UserError } from '../../../errors.ts';

/** The ways to write the values of a setting, in each source of settings. */
export interface Kind<Value> {
  /** The description of a correct value. Messages show it after "expected". */
  readonly expected: string;
  /** A correct value in the form of wsgi.config.ts. */
  readonly example: string;
  /** A correct value in the form of a flag or a variable. */
  readonly exampleText: string;
  /** Its type in wsgi.config.ts, in TypeScript. */
  readonly type: string;
  /**
   * The argument of the flag in the help: `<seconds>`; `[word]` if it is optional; undefined for a flag without a
   * value.
   */
  readonly argument: string | undefined;
  /** The value of a flag that is used without its optional value. */
  readonly alone?: string | undefined;
  /** Whether it is a time: in seconds for users, in milliseconds in the code. @default false */
  readonly isTime?: boolean;
  /** Whether the flag can be repeated, for one item each. @default false */
  readonly isRepeatable?: boolean;
  /**
   * Reads the value of a flag or of an environment variable.
   *
   * @param texts All occurrences of a flag. If it is not repeatable, the last one is used.
   * @param folder The base of relative paths.
   * @throws {WrongValue}
   */
  fromTexts(texts: readonly string[], folder: string): Value;
  /** Reads a value of wsgi.config.ts. @throws {WrongValue} */
  fromConfig(value: unknown, folder: string): Value;
  /** The value in the form of --print-config and of the documentation. */
  toText(value: Value): string;
}

/** A value that is not of the expected kind. */
export class WrongValue extends Error {
  readonly found: unknown;
  /** The reason, if it is more specific than the expected kind. */
  readonly reason: UserError | undefined;

  constructor(found: unknown, reason?: UserError) {
    super('a wrong value');
    this.found = found;
    this.reason = reason;
  }
}

/** A kind with a single value. Its readers return undefined for a wrong value. */
interface Scalar<Value> extends Omit<Kind<Value>, 'fromTexts' | 'fromConfig' | 'exampleText'> {
  /** @default the example without quotes */
  readonly exampleText?: string;
  readonly fromText: (text: string, folder: string) => Value | undefined;
  readonly fromValue: (value: unknown, folder: string) => Value | undefined;
}

/** Makes a kind whose flag has a single value. */
export function scalar<Value>({ fromText, fromValue, ...kind }: Scalar<Value>): Kind<Value> {
  return {
    exampleText: kind.example.replace(/^'(.*)'$/, '$1'),
    ...kind,
    fromTexts: (texts, folder) => found(fromText(texts.at(-1)!, folder), texts.at(-1)),
    fromConfig: (value, folder) => found(fromValue(value, folder), value),
  };
}

/** @throws {WrongValue} with the wrong text or value, if `value` is undefined */
export function found<Value>(value: Value | undefined, inItsPlace: unknown): Value {
  if (value === undefined) throw new WrongValue(inItsPlace);
  return value;
}

/** Whether a check accepts a text. @throws {WrongValue} with the reason of the check */
export function isRight(text: string, check: (text: string) => unknown): boolean {
  try {
    return check(text) !== false;
  } catch (error) {
    throw isUserError(error) ? new WrongValue(text, error) : error;
  }
}
