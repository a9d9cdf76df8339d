import path from 'node:path';
import { isRight, type Kind, scalar } from './kind.ts';

const YES: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on']);
const NO: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off']);

interface TextOptions {
  readonly expected?: string;
  readonly example: string;
  readonly argument: string;
  /** A further check of the text. @default none @throws {UserError} with the reason if the check fails */
  readonly check?: (text: string) => unknown;
}

/** A text that is not empty. */
export function text({
  expected = 'a text',
  example,
  argument,
  check = () => true,
}: TextOptions): Kind<string> {
  const read = (value: unknown) => (isText(value) && isRight(value, check) ? value : undefined);
  return scalar({
    expected,
    example,
    type: 'string',
    argument,
    fromText: read,
    fromValue: read,
    toText: String,
  });
}

/** The path of a file or folder. Values are absolute. */
export function filePath(example: string, argument = '<file>'): Kind<string> {
  return pathLike('a path', example, argument, (written, folder) => path.resolve(folder, written));
}

/** The path of a log, or `-` for a standard stream. */
export function logPath(example: string): Kind<string> {
  return pathLike("a path, or '-'", example, '<file>', (written, folder) =>
    written === '-' ? written : path.resolve(folder, written),
  );
}

function pathLike(
  expected: string,
  example: string,
  argument: string,
  toPath: (written: string, folder: string) => string,
): Kind<string> {
  const read = (value: unknown, folder: string) => (isText(value) ? toPath(value, folder) : undefined);
  return scalar({
    expected,
    example,
    type: 'string',
    argument,
    fromText: read,
    fromValue: read,
    toText: String,
  });
}

/** A user or a group: its name or its number. */
export function account(example: string): Kind<string> {
  const read = (value: unknown) => (isText(value) ? value : undefined);
  return scalar({
    expected: 'a name or a number',
    example,
    type: 'string | number',
    argument: '<name>',
    fromText: read,
    fromValue: (value) =>
      Number.isSafeInteger(value) && (value as number) >= 0 ? String(value) : read(value),
    toText: String,
  });
}

/** A boolean. Its flag on the command line has no value. */
export const flag: Kind<boolean> = scalar({
  expected: 'true or false',
  example: 'true',
  type: 'boolean',
  argument: undefined,
  fromText: yesOrNo,
  fromValue: (value) => (typeof value === 'boolean' ? value : undefined),
  toText: String,
});

/**
 * One of several words.
 *
 * @param answers The meaning of true and false. With it, the flag can be used without a value, and then means true.
 */
export function choice<const Word extends string>(
  words: readonly Word[],
  answers?: { readonly yes: Word; readonly no: Word },
): Kind<Word> {
  const find = (value: unknown) => words.find((word) => word === value);
  const answer = (is: boolean | undefined) => (is === undefined ? undefined : answers?.[is ? 'yes' : 'no']);
  const quoted = words.map((word) => `'${word}'`);
  return scalar({
    expected: `one of ${quoted.join(', ')}`,
    example: quoted[1]!, // A value that differs from the default.
    type: [...quoted, ...(answers ? ['boolean'] : [])].join(' | '),
    argument: answers ? '[word]' : '<word>',
    alone: answers?.yes,
    fromText: (word) => find(word.toLowerCase()) ?? answer(yesOrNo(word)),
    fromValue: (value) => find(value) ?? answer(typeof value === 'boolean' ? value : undefined),
    toText: String,
  });
}

function yesOrNo(word: string): boolean | undefined {
  const lower = word.toLowerCase();
  return YES.has(lower) ? true : NO.has(lower) ? false : undefined;
}

/** System calls do not accept a text with a NUL. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}
