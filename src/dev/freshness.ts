import path from 'node:path';
import { contentHash } from '../loader/content-hash.ts';
import { type SourceState, stateOf } from '../loader/source-files.ts';
import { statIfThere } from '../stat-if-there.ts';

/** An editor may empty a file a moment before it writes it; that long we believe that it does. */
const SETTLE_MS = 40;

/** How coarse the clock of a file system may be: a change this much before it was looked at is not told from one after. */
const CLOCK_TICK_MS = 20;

export type Verdict =
  | { readonly isFresh: true }
  /** `changed` is empty while a file is being written. */
  | { readonly isFresh: false; readonly changed: readonly string[] };

const FRESH: Verdict = { isFresh: true };

/**
 * Tells whether the files that a generation was loaded from are still what they were then. Events of the watcher
 * say where to look; the content decides. So a file that was written without being changed is no change, and one
 * that was changed twice within a tick of the clock is.
 */
export class Freshness {
  #states = new Map<string, SourceState>();
  readonly #touched = new Map<string, number>();
  /** Files that no watcher covers yet, with the time from which a change of theirs would be news. */
  readonly #unwatched = new Map<string, number>();

  /** What the generation that is being loaded was begun for: its files may be on the move still. */
  #rewritten: ReadonlySet<string> = new Set();

  get files(): Iterable<string> {
    return this.#states.keys();
  }

  /**
   * A new generation is about to be loaded from the files as they are now. So a second event of the same save is no
   * news; should the worker read something else than what is there now, `add` will find out.
   */
  begin(): void {
    this.#rewritten = new Set(this.#touched.keys());
    for (const file of this.#rewritten) this.#states.set(file, stateOf(file));
    this.#touched.clear();
  }

  /**
   * A worker has read these files, none before a time. Those that were not known are looked at with every check until
   * a watcher covers them. Those that were, and are not what they were, may have changed again meanwhile.
   */
  add(files: Iterable<readonly [file: string, state: SourceState]>, since: number): void {
    for (const [file, state] of files) {
      const known = this.#states.get(file);
      this.#states.set(file, state);
      if (known === undefined) this.#unwatched.set(file, since);
      else if (known !== state || this.#rewritten.has(file)) this.#noteTouch(file);
    }
  }

  /** Forgets all files but these: what the last generations had and a sound one no longer has. */
  retain(files: ReadonlySet<string>): void {
    for (const file of this.#states.keys()) if (!files.has(file)) this.#forget(file);
  }

  /** From now on changes of these files come as touches. */
  markWatched(files: Iterable<string>): void {
    for (const file of files) {
      this.#lookAt(file);
      this.#unwatched.delete(file);
    }
  }

  /** A folder is watched no longer: its files must be looked at again. */
  lose(folder: string): void {
    for (const file of this.#states.keys()) {
      if (!file.startsWith(folder + path.sep) || this.#unwatched.has(file)) continue;
      this.#unwatched.set(file, Date.now());
      this.#noteTouch(file);
    }
  }

  /**
   * Something happened at this path, or below it.
   *
   * @returns the files of ours that it may concern.
   */
  touch(target: string): readonly string[] {
    const folder = target + path.sep;
    const isOurs = this.#states.has(target);
    const concerned = isOurs ? [target] : [...this.#states.keys()].filter((file) => file.startsWith(folder));
    for (const file of concerned) this.#noteTouch(file);
    return concerned;
  }

  /** Looks at every file that may have changed. Synchronous, so that nothing can come between look and verdict. */
  check(): Verdict {
    for (const file of this.#unwatched.keys()) this.#lookAt(file);
    if (this.#touched.size === 0) return FRESH;
    const changed: string[] = [];
    let isSettling = false;
    for (const [file, touchedAt] of this.#touched) {
      const state = stateOf(file);
      if (state === this.#states.get(file)) this.#touched.delete(file);
      else if (state === EMPTY && Date.now() - touchedAt < SETTLE_MS) isSettling = true;
      else changed.push(file);
    }
    return changed.length > 0 || isSettling ? { isFresh: false, changed } : FRESH;
  }

  #noteTouch(file: string): void {
    if (!this.#touched.has(file)) this.#touched.set(file, Date.now());
  }

  /** Asks the file system about a file that nobody watches. */
  #lookAt(file: string): void {
    const since = this.#unwatched.get(file);
    if (since === undefined) return;
    const stats = statIfThere(file);
    // The time of the inode's change cannot be set back, unlike that of the modification.
    const mayHaveChanged = stats ? stats.ctimeMs > since - CLOCK_TICK_MS : this.#states.get(file) !== null;
    if (mayHaveChanged) this.#noteTouch(file);
  }

  #forget(file: string): void {
    this.#states.delete(file);
    this.#touched.delete(file);
    this.#unwatched.delete(file);
  }
}

const EMPTY = contentHash('');
