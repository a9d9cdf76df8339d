import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** Opening neither waits for a writer of a pipe, nor takes a controlling terminal. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Opens a file for reading, and closes it again. Whatever is at the path, this does not block: what is not a regular file
 * (a pipe, a device, a socket, a folder) is not read.
 *
 * @throws as `openSync` does, and with the code EISDIR for all that is not a regular file.
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

/** The same, and undefined for what cannot be read or is larger than any text that a person has written. */
export function readTextIfThere(file: string): string | undefined {
  try {
    return withRegularFile(file, (descriptor, { size }) =>
      size > MOST_TEXT_BYTES ? undefined : readFileSync(descriptor, 'utf8'),
    );
  } catch {
    return undefined; // Nothing that its reader could show or use is there.
  }
}

const MOST_TEXT_BYTES = 8 * 1024 * 1024;
