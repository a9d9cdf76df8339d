import { readFileSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { withRegularFile } from '../../files/regular-file.ts';
import { lstatIfThere, statIfThere } from '../../files/stat-if-there.ts';
import { contentHash } from './content-hash.ts';

/**
 * The state of a path: the hash of a file's content, `null` for a missing path, `FOLDER` for a folder, `SPECIAL` for a
 * pipe, a device or a socket, and the target of a symbolic link.
 */
export type SourceState = number | string | null;

export const FOLDER = 'folder';

export const SPECIAL = 'neither a file nor a folder';

/** Larger files, such as a video or a database in a watched folder, are compared by size and times only. */
const MOST_COMPARED_BYTES = 4 * 1024 * 1024;

interface Content {
  readonly text: string;
  readonly hash: number;
}

/** A longer chain of symbolic links is taken for a circle. Linux has the same limit. */
const MAX_LINKS = 40;

/** Reads the site's files and remembers a hash of each, so that changes can be detected. */
export class SourceFiles {
  readonly states = new Map<string, SourceState>();
  readonly #onRead: (file: string, state: SourceState) => void;

  /** @param onRead Called when a file is first read. A later `import()` may read further files. */
  constructor(onRead: (file: string, state: SourceState) => void = () => {}) {
    this.#onRead = onRead;
  }

  /** Reads a file and removes the byte order mark. @throws the errors of `readFileSync()`. */
  read(file: string): string {
    const { text, hash } = this.#readOrNote(file);
    this.#note(file, hash);
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** Reads a file that may be a symbolic link. Undefined when there is none. */
  readIfThere(file: string): string | undefined {
    const target = this.follow(file);
    try {
      return this.read(target);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
      return undefined;
    }
  }

  /** Records the state of a path that was checked in another way than by `read()`. */
  saw(file: string, state: SourceState): void {
    this.#note(file, state);
  }

  /** Follows symbolic links to their end, and records the state of each. */
  follow(file: string): string {
    let target = file;
    for (let count = 0; count < MAX_LINKS; count++) {
      const state = stateOfLink(target);
      if (state === undefined) return target;
      this.#note(target, state);
      target = targetOf(target, state);
    }
    return target;
  }

  /** Whether a file has changed since it was read, or a missing file exists now. */
  hasChanged(file: string): boolean {
    return this.states.has(file) && this.states.get(file) !== stateOf(file);
  }

  /**
   * Whether a file was added or deleted, or a link has another target. Such a change affects more than the content of a
   * file.
   */
  cameOrWent(file: string): boolean {
    return [this.states.get(file), stateOf(file)].some((state) => typeof state !== 'number');
  }

  /** Calls `onRead` again with the recorded states of these files. */
  tellAgain(files: Iterable<string>): void {
    for (const file of files) {
      const state = this.states.get(file);
      if (state !== undefined) this.#onRead(file, state);
    }
  }

  /** Removes the records of these files, so that the next read records them again. */
  forget(files: Iterable<string>): void {
    for (const file of files) this.states.delete(file);
  }

  /** A file that cannot be read is recorded too, since it may be readable at the next request. */
  #readOrNote(file: string): Content {
    try {
      return readContent(file);
    } catch (error) {
      this.#note(file, stateOf(file));
      throw error;
    }
  }

  #note(file: string, state: SourceState): void {
    if (this.states.has(file)) return;
    this.states.set(file, state);
    this.#onRead(file, state);
  }
}

/** Returns the current state of a path. */
export function stateOf(file: string): SourceState {
  try {
    const stats = lstatIfThere(file);
    if (stats?.isSymbolicLink()) return stateOfLink(file)!;
    if (stats?.isDirectory()) return FOLDER;
    if (stats === undefined) return null;
    return stats.isFile() ? hashOf(file) : SPECIAL;
  } catch {
    return null; // The file is deleted or unreadable. The next load reports the reason.
  }
}

/** Returns the state of a symbolic link. Undefined for any other path. */
export function stateOfLink(file: string): string | undefined {
  try {
    return `link to ${readlinkSync(file)}`;
  } catch {
    return undefined;
  }
}

/** Returns the target of a link, from its state. */
export function targetOf(link: string, state: string): string {
  return path.resolve(path.dirname(link), state.slice('link to '.length));
}

/** Reads a file by its name, which is one call of Node. By a descriptor it would be five calls. */
function readContent(file: string): Content {
  const stats = statIfThere(file);
  if (stats?.isFile() && !isLarge(stats)) {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(REPLACEMENT)) return { text, hash: contentHash(text) };
  }
  return withRegularFile(file, (descriptor, stats) => {
    const content = contentOf(descriptor);
    return isLarge(stats) ? { ...content, hash: inodeHash(stats) } : content;
  });
}

/** Returns the state of a regular file. The content of a large file is not read, since that would block the process. */
function hashOf(file: string): number {
  return withRegularFile(file, (descriptor, stats) =>
    isLarge(stats) ? inodeHash(stats) : contentOf(descriptor).hash,
  );
}

function contentOf(descriptor: number): Content {
  const bytes = readFileSync(descriptor);
  const text = bytes.toString('utf8');
  // Decoding replaces all invalid bytes by the same character, so two different files could give the same text. Then
  // the hash is made from the bytes.
  return { text, hash: contentHash(text.includes(REPLACEMENT) ? bytes.toString('latin1') : text) };
}

function isLarge({ size }: Stats): boolean {
  return size > MOST_COMPARED_BYTES;
}

function inodeHash({ ino, size, ctimeMs }: Stats): number {
  return contentHash(`${ino} ${size} ${ctimeMs}`);
}

/** The character that takes the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';
