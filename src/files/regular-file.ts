import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/**
 * With these flags, opening does not wait for the writer of a pipe, and does not acquire a controlling terminal.
 * Windows has neither flag.
 */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Opens a file for reading, and closes it afterwards. It never blocks: if the path is not a regular file but a pipe, a
 * device, a socket or a folder, it is not read.
 *
 * @throws as `openSync` does, and with the code EISDIR for everything that is not a regular file.
 */
export function withRegularFile<Result>(
  file: string,
  use: (descriptor: number, stats: Stats) => Result,
): Result {
  const descriptor = openSync(file, FLAGS);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile()) return use(descriptor, stats);
    throw Object.assign(new Error(`EISDIR: not a regular file, open '${file}'`), {
      code: 'EISDIR',
      syscall: 'open',
      path: file,
    });
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a regular file. @throws as `withRegularFile` does. */
export function readRegularFile(file: string): string {
  return withRegularFile(file, (descriptor) => readFileSync(descriptor, 'utf8'));
}

/** The same, but undefined if the file cannot be read, or is larger than any text that a person has written. */
export function readTextIfThere(file: string): string | undefined {
  try {
    return withRegularFile(file, (descriptor, { size }) =>
      size > MOST_TEXT_BYTES ? undefined : readFileSync(descriptor, 'utf8'),
    );
  } catch {
    return undefined; // The caller has nothing to show or use in this case.
  }
}

const MOST_TEXT_BYTES = 8 * 1024 * 1024;
