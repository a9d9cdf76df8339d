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

/** Why a file could not be made or written to, in words for its user. */
export function failureReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** What its user can do. @param example The name that such a file often has. */
export function failureHint(error: unknown, file: string, example: string): string {
  return (error as NodeJS.ErrnoException).code === 'EISDIR'
    ? `Name a file in it: '${path.join(file, example)}'.`
    : 'Make its folder, or let this user write there, or name another file.';
}
