import { UsageError } from '../../errors.ts';

/** The milliseconds of `--poll`. @throws {UsageError} */
export function toMs(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms > 0) return ms;
  throw new UsageError(`--poll takes a whole number of milliseconds, and got '${text}'.`);
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
