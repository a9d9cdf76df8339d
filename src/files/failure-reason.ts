import path from 'node:path';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENXIO: 'it is a pipe that nothing reads, or a socket',
};

/** The reason why a file could not be created or written, for users. */
export function failureReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** A hint for that failure. @param example A common name for such a file. */
export function failureHint(error: unknown, file: string, example: string): string {
  return (error as NodeJS.ErrnoException).code === 'EISDIR'
    ? `Name a file in it: '${path.join(file, example)}'.`
    : 'Make its folder, or let this user write there, or name another file.';
}
