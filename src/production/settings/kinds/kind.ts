import { isUserError, type UserError } from '../../../errors.ts';

/** How the values of a setting are written, in each of the places where a setting can be. */
export interface Kind<Value> {
  /** The description of a correct value, to follow "expected". */
  readonly expected: string;
  /** A right value as it stands in wsgi.config.ts. */
  readonly example: string;
  /** A right value as a flag or a variable has it. */
  readonly exampleText: string;
  /** Its type in wsgi.config.ts, in TypeScript. */
  readonly type: string;
  /** What follows a flag in the help: `<seconds>`, `[word]` where it can stand alone. A flag that takes no value has none. */
  readonly argument: string | undefined;
  /** What a flag means that stands alone where it could have a value. */
  readonly alone?: string | undefined;
  /** Times are seconds where users write them, and milliseconds in the code. @default false */
  readonly isTime?: boolean;
  /** Whether the flag can be repeated, for one item each. @default false */
  readonly isRepeatable?: boolean;
  /**
   * Reads what one flag of the command line, or one environment variable, has.
   *
   * @param texts All occurrences of a flag; of a kind that is not repeatable the last one counts.
   * @param folder Where relative paths begin.
   * @throws {WrongValue}
   */
  fromTexts(texts: readonly string[], folder: string): Value;
  /** Reads what wsgi.config.ts has. @throws {WrongValue} */
  fromConfig(value: unknown, folder: string): Value;
  /** The value as --print-config and the documentation show it. */
  toText(value: Value): string;
}

/** A value that is not of its kind. */
export class WrongValue extends Error {
  readonly found: unknown;
  /** Why, where it says more than what was expected. */
  readonly reason: UserError | undefined;

  constructor(found: unknown, reason?: UserError) {
    super('a wrong value');
    this.found = found;
    this.reason = reason;
  }
}

/** A kind of one text or value, where each reader returns undefined for what is wrong. */
interface Scalar<Value> extends Omit<Kind<Value>, 'fromTexts' | 'fromConfig' | 'exampleText'> {
  /** @default the example without the quotes around it */
  readonly exampleText?: string;
  readonly fromText: (text: string, folder: string) => Value | undefined;
  readonly fromValue: (value: unknown, folder: string) => Value | undefined;
}

/** Makes a kind of which a flag has one value. */
export function scalar<Value>({ fromText, fromValue, ...kind }: Scalar<Value>): Kind<Value> {
  return {
    exampleText: kind.example.replace(/^'(.*)'$/, '$1'),
    ...kind,
    fromTexts: (texts, folder) => found(fromText(texts.at(-1)!, folder), texts.at(-1)),
    fromConfig: (value, folder) => found(fromValue(value, folder), value),
  };
}

/** @throws {WrongValue} with what was found in its place, for a value that is undefined */
export function found<Value>(value: Value | undefined, inItsPlace: unknown): Value {
  if (value === undefined) throw new WrongValue(inItsPlace);
  return value;
}

/** Whether a check lets a text pass. @throws {WrongValue} with what the check says */
export function isRight(text: string, check: (text: string) => unknown): boolean {
  try {
    return check(text) !== false;
  } catch (error) {
    throw isUserError(error) ? new WrongValue(text, error) : error;
  }
}
