import { UsageError } from '../../errors.ts';

/** The milliseconds of `--poll`. @throws {UsageError} */
export function toMs(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms > 0) return ms;
  throw new UsageError(`--poll takes a whole number of milliseconds, and got '${text}'.`);
}

/**
 * Reads an option that needs a value. A shell makes an empty one of a variable that is not set: `--chdir "$SITE"`.
 *
 * @throws {UsageError}
 */
export function required(flag: string): (text: string) => string {
  return (text) => {
    if (text !== '') return text;
    throw new UsageError(`${flag} needs a value, and got an empty text.`, {
      hint: 'If it comes from a variable of the shell, set the variable.',
    });
  };
}

/** Collects the values of an option that may be given several times. */
export function collect(word: string, words: readonly string[] = []): readonly string[] {
  return [...words, word];
}

/** The `host:port` of `--inspect`. @throws {UsageError} */
export function inspectorAddress(text: string): string {
  const match = /^(?:(.+):)?(\d+)$/.exec(text);
  if (match === null || Number(match[2]) > 65535) {
    throw new UsageError(`--inspect takes a port or host:port, and got '${text}'.`);
  }
  return `${match[1] ?? '127.0.0.1'}:${match[2]}`;
}
