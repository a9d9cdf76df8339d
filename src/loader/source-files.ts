import { readFileSync } from 'node:fs';
import { contentHash } from './content-hash.ts';

/** What a file was when it was read: a hash of its text, or `null` for one that was looked for and not there. */
export type SourceState = number | null;

/** Reads the site's files and remembers each with its content, so that a change of any of them can be told. */
export class SourceFiles {
  readonly states = new Map<string, SourceState>();
  readonly #onRead: (file: string, state: SourceState) => void;

  /** @param onRead Told of each file when it is first read, also of those that an `import()` loads later. */
  constructor(onRead: (file: string, state: SourceState) => void = () => {}) {
    this.#onRead = onRead;
  }

  /** The text without a byte order mark. @throws as `readFileSync` does. */
  read(file: string): string {
    const text = readFileSync(file, 'utf8');
    this.#note(file, contentHash(text));
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  readIfThere(file: string): string | undefined {
    try {
      return this.read(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
      this.#note(file, null);
      return undefined;
    }
  }

  /** Notes paths that were not there when something else than `read` looked for them. */
  missed(files: Iterable<string>): void {
    for (const file of files) this.#note(file, null);
  }

  /** Whether a file that was read is another now, or one that was missed is there. */
  hasChanged(file: string): boolean {
    return this.states.has(file) && this.states.get(file) !== stateOf(file);
  }

  /** Whether a file was there and is not, or the other way round. */
  cameOrWent(file: string): boolean {
    return (this.states.get(file) === null) !== (stateOf(file) === null);
  }

  /** Tells what is remembered of these once more. */
  tellAgain(files: Iterable<string>): void {
    for (const file of files) {
      const state = this.states.get(file);
      if (state !== undefined) this.#onRead(file, state);
    }
  }

  /** The next time these are read, they are noted again. */
  forget(files: Iterable<string>): void {
    for (const file of files) this.states.delete(file);
  }

  #note(file: string, state: SourceState): void {
    if (this.states.has(file)) return;
    this.states.set(file, state);
    this.#onRead(file, state);
  }
}

/** What a file is now. */
export function stateOf(file: string): SourceState {
  try {
    return contentHash(readFileSync(file, 'utf8'));
  } catch {
    return null; // Gone or unreadable: loading it again will tell why.
  }
}
