import { readFileSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { withRegularFile } from '../../files/regular-file.ts';
import { lstatIfThere, statIfThere } from '../../files/stat-if-there.ts';
import { contentHash } from './content-hash.ts';

/**
 * The state of a path: a hash of a file's content, `null` for a missing path, `FOLDER` for a folder, and its target for a
 * symbolic link.
 */
export type SourceState = number | string | null;

export const FOLDER = 'folder';

/** Larger files are compared by their size and times: a film among the templates, a database in a watched folder. */
const MOST_COMPARED_BYTES = 4 * 1024 * 1024;

interface Content {
  readonly text: string;
  readonly hash: number;
}

/** A longer chain of symbolic links is taken to be circular. It is the limit of Linux. */
const MAX_LINKS = 40;

/** Reads the site's files and remembers a hash of each, so that changes can be detected. */
export class SourceFiles {
  readonly states = new Map<string, SourceState>();
  readonly #onRead: (file: string, state: SourceState) => void;

  /** @param onRead Called with each file when it is first read, also of those that an `import()` loads later. */
  constructor(onRead: (file: string, state: SourceState) => void = () => {}) {
    this.#onRead = onRead;
  }

  /** The text without a byte order mark. @throws as `readFileSync` does. */
  read(file: string): string {
    const { text, hash } = this.#readOrNote(file);
    this.#note(file, hash);
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** The same for a file that may be a link, or not there. */
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

  /** Records the state of a path that was checked without `read()`. */
  saw(file: string, state: SourceState): void {
    this.#note(file, state);
  }

  /** The target of a symbolic link, through further links. The state of each is recorded. */
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

  /** Whether a file that was read has changed, or a missing one exists now. */
  hasChanged(file: string): boolean {
    return this.states.has(file) && this.states.get(file) !== stateOf(file);
  }

  /** Whether a file was added or deleted, or a link has another target: more than content has changed. */
  cameOrWent(file: string): boolean {
    return [this.states.get(file), stateOf(file)].some((state) => typeof state !== 'number');
  }

  /** Reports the recorded states of these again. */
  tellAgain(files: Iterable<string>): void {
    for (const file of files) {
      const state = this.states.get(file);
      if (state !== undefined) this.#onRead(file, state);
    }
  }

  /** Forgets these, so that the next read records them again. */
  forget(files: Iterable<string>): void {
    for (const file of files) this.states.delete(file);
  }

  /** What cannot be read is recorded too: it may be readable at the next request. */
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

/** The current state of a path. */
export function stateOf(file: string): SourceState {
  try {
    const stats = lstatIfThere(file);
    if (stats?.isSymbolicLink()) return stateOfLink(file)!;
    if (stats?.isDirectory()) return FOLDER;
    return stats?.isFile() ? hashOf(file) : null;
  } catch {
    return null; // Deleted or unreadable: the next load reports why.
  }
}

/** The state of a symbolic link; undefined for everything else. */
export function stateOfLink(file: string): string | undefined {
  try {
    return `link to ${readlinkSync(file)}`;
  } catch {
    return undefined;
  }
}

/** The target of a link, from its state. */
export function targetOf(link: string, state: string): string {
  return path.resolve(path.dirname(link), state.slice('link to '.length));
}

/** Reads a file by its name: that is one call of Node, and by a descriptor it would be five. */
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

/** The state of a regular file. The content of a large one is not read: everything else would wait for that. */
function hashOf(file: string): number {
  return withRegularFile(file, (descriptor, stats) =>
    isLarge(stats) ? inodeHash(stats) : contentOf(descriptor).hash,
  );
}

function contentOf(descriptor: number): Content {
  const bytes = readFileSync(descriptor);
  const text = bytes.toString('utf8');
  // Decoding replaces all bytes that are not UTF-8 by the same character, so the bytes are compared.
  return { text, hash: contentHash(text.includes(REPLACEMENT) ? bytes.toString('latin1') : text) };
}

function isLarge({ size }: Stats): boolean {
  return size > MOST_COMPARED_BYTES;
}

function inodeHash({ ino, size, ctimeMs }: Stats): number {
  return contentHash(`${ino} ${size} ${ctimeMs}`);
}

/** The replacement for bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';
