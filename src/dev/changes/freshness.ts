import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';
import { contentHash } from '../../loader/sources/content-hash.ts';
import { isInstalled } from '../../loader/sources/installed-packages.ts';
import { type SourceState, stateOf } from '../../loader/sources/source-files.ts';
import type { ExtraPaths } from './extra-paths.ts';
import { Pace } from './pace.ts';
import { CLOCK_TICK_MS, Unwatched } from './unwatched.ts';

/** A file is written in steps: an editor may empty it first. How long the next step is awaited. */
const SETTLE_MS = 40;

/** The same for a package: its manager needs a while from the first file to the last. */
const INSTALL_SETTLE_MS = 250;

/** The state of a file that exists and was not read. It equals no other state. */
const UNREAD = Number.NaN;

export type Verdict =
  | { readonly isFresh: true }
  /** `changed` is empty while a file is being written. */
  | { readonly isFresh: false; readonly changed: readonly string[] };

const FRESH: Verdict = { isFresh: true };
const SETTLING: Verdict = { isFresh: false, changed: [] };

/**
 * Decides whether the files of a generation are still the same as when they were loaded. The watcher's events say which
 * files to check; the content decides. So a file that was written with the same content is unchanged, and two changes
 * within one tick of the clock are seen.
 */
export class Freshness {
  #states = new Map<string, SourceState>();
  readonly #touched = new Map<string, number>();
  /** The time of the latest event of each path. */
  readonly #toldAt = new Map<string, number>();
  /** Files, and folders of the extra paths, that no watcher covers. */
  readonly #unwatched = new Unwatched();
  /** Files whose changes are not a reason to reload. */
  readonly #ignored = new Set<string>();
  readonly #extras: ExtraPaths | undefined;
  readonly #pace = new Pace();
  /** Folders of the extra paths. */
  readonly #folders = new Set<string>();
  #foundFolders = false;
  #hasJustLooked = false;

  /** A loaded file may have been half written. */
  #hasFailed = false;
  #begunAt = 0;

  /** The changes that caused the current load: these files may still be changing. */
  #rewritten: ReadonlySet<string> = new Set();

  /** @param extras The paths that count besides the loaded files, and those that do not count. */
  constructor(extras?: ExtraPaths) {
    this.#extras = extras;
    const now = Date.now();
    for (const file of extras?.scan() ?? [])
      this.#learn(file, isOlder(file, now) ? UNREAD : stateOf(file), now);
    this.#findFolders(now);
  }

  /** How many files have had an event and no check since. */
  get touchedCount(): number {
    return this.#touched.size;
  }

  /** Whether folders of the extra paths have come that no watcher was asked to cover. */
  get foundFolders(): boolean {
    return this.#foundFolders;
  }

  get files(): Iterable<string> {
    return this.#states.keys();
  }

  /** Files that were loaded, and whose changes are ignored. */
  get ignored(): Iterable<string> {
    return this.#ignored;
  }

  /**
   * A new generation is about to be loaded from the files as they are now. So a second event of the same save is no
   * news; should the worker read something else than what is there now, `add` will find out.
   */
  begin(): void {
    this.#hasFailed = false;
    this.#begunAt = Date.now();
    this.#rewritten = new Set(this.#touched.keys());
    for (const file of this.#rewritten) this.#states.set(file, stateOf(file));
    this.#touched.clear();
    this.#toldAt.clear();
  }

  /**
   * A worker has read these files, none before a time. Those that were not known are included in every check until
   * a watcher covers them. Those that were, and are not what they were, may have changed again meanwhile.
   */
  add(files: Iterable<readonly [file: string, state: SourceState]>, since: number): void {
    for (const [file, state] of files) {
      if (this.#extras?.isIgnored(file) && !isInstalled(file)) {
        this.#ignored.add(file);
        continue;
      }
      const known = this.#states.get(file);
      if (known === undefined) this.#learn(file, state, since);
      else this.#states.set(file, state);
      if (known !== undefined && (known !== state || this.#rewritten.has(file))) this.#noteTouch(file);
    }
  }

  /** Forgets all loaded files but these: the others belong to earlier generations. */
  retain(files: ReadonlySet<string>): void {
    for (const file of this.#states.keys()) {
      if (!files.has(file) && !this.#extras?.covers(file)) this.#forget(file);
    }
    for (const file of this.#ignored) if (!files.has(file)) this.#ignored.delete(file);
  }

  /** From now on the watcher reports changes of these files and in these folders. */
  markWatched(targets: Iterable<string>): void {
    this.#foundFolders = false;
    for (const target of targets) {
      if (this.#unwatched.has(target)) this.#lookAt(target, Date.now());
      this.#unwatched.delete(target);
    }
  }

  /** A folder has lost its watch: it and its files must be checked with each request again. */
  lose(folder: string): void {
    for (const file of this.#states.keys()) {
      if (!file.startsWith(folder + path.sep) || this.#unwatched.has(file)) continue;
      this.#unwatched.add(file, Date.now());
      this.#noteTouch(file);
    }
    if (this.#extras?.folders.has(folder)) this.#unwatched.add(folder, Date.now());
  }

  /**
   * Something happened at this path, or below it.
   *
   * @returns the files that it may concern.
   */
  touch(target: string): readonly string[] {
    const concerned = this.#states.has(target) ? [target] : this.#below(target);
    // What is in a folder that something named is to come into counts too.
    const entered = this.#extras?.covers(target)
      ? [target]
      : [...this.#folders].filter((folder) => `${folder}${path.sep}`.startsWith(target + path.sep));
    concerned.push(...this.#enter(entered));
    for (const file of concerned) {
      this.#noteTouch(file);
      // A watcher that covers nothing may report it much later than it was.
      if (!this.#unwatched.has(file)) this.#toldAt.set(file, Date.now());
    }
    return concerned;
  }

  /**
   * Checks the files that no watcher covers.
   *
   * @returns 0 when done, else the milliseconds until it may be done: sooner it would take too much of a core.
   */
  look(): number {
    if (this.#unwatched.size === 0 || this.#hasJustLooked) return 0;
    return this.#pace.run(() => this.#lookAtAll());
  }

  /**
   * The load has come to its end: what it has written is there by now. The times of files do not tell that, since the
   * kernel's clock is too coarse for a load that ends a moment after it has written.
   */
  ended(): void {
    this.#lookAtAll();
    // What is asked for before anything else can happen needs no further check.
    this.#hasJustLooked = true;
    queueMicrotask(() => {
      this.#hasJustLooked = false;
    });
  }

  /** Compares the touched files with their loaded content. Synchronous, so that no event comes between reading and verdict. */
  check(): Verdict {
    if (this.#touched.size === 0) return FRESH;
    const changed: string[] = [];
    let isSettling = false;
    for (const [file, touchedAt] of this.#touched) {
      const state = stateOf(file);
      const isAsLoaded = state === this.#states.get(file);
      if (this.#mayBeHalfWritten(file, state, isAsLoaded)) isSettling = true;
      else if (isAsLoaded) this.#touched.delete(file);
      else if (isInstalled(file) && state === null)
        continue; // Its package is being replaced, or was removed.
      else if (Date.now() - touchedAt < settleTime(file, state)) isSettling = true;
      else changed.push(file);
    }
    if (isSettling && changed.every(isInstalled)) return SETTLING;
    return changed.length > 0 ? { isFresh: false, changed } : FRESH;
  }

  /**
   * The load has failed, perhaps because a file was being written. So those are checked again that were changed since
   * it began: their events may be on the way still.
   */
  failed(): void {
    this.#hasFailed = true;
    for (const file of this.#states.keys()) if (!isOlder(file, this.#begunAt)) this.#noteTouch(file);
  }

  /** The latest possible time of a file's last change, in ms since the epoch. */
  changedAt(file: string): number {
    return this.#toldAt.get(file) ?? this.#unwatched.changedAt(file);
  }

  /** These files count as loaded as they are now. */
  accept(files: readonly string[]): void {
    for (const file of files) {
      this.#states.set(file, stateOf(file));
      this.#touched.delete(file);
    }
  }

  #mayBeHalfWritten(file: string, state: SourceState, isAsLoaded: boolean): boolean {
    if (!this.#hasFailed || state === null || !(isAsLoaded || state === EMPTY)) return false;
    // The last event that has come may be older than the last change.
    const changedAt = Math.max(this.changedAt(file), lstatIfThere(file)?.ctimeMs ?? 0);
    return changedAt > Date.now() - SETTLE_MS;
  }

  #learn(file: string, state: SourceState, since: number): void {
    this.#states.set(file, state);
    this.#unwatched.add(file, since);
  }

  /** New paths may be folders or links of the extra paths. @returns the files in them. */
  #enter(targets: readonly string[]): string[] {
    if (targets.length === 0) return [];
    const now = Date.now();
    const files = (this.#extras?.scan(targets) ?? []).filter((file) => !this.#states.has(file));
    for (const file of files) this.#learn(file, null, now);
    this.#findFolders(now);
    return files;
  }

  #below(folder: string): string[] {
    const start = folder + path.sep;
    return [...this.#states.keys()].filter((file) => file.startsWith(start));
  }

  #noteTouch(file: string): void {
    if (!this.#touched.has(file)) this.#touched.set(file, Date.now());
  }

  #lookAtAll(): void {
    const now = Date.now();
    for (const target of this.#unwatched.targets) this.#lookAt(target, now);
  }

  /** Asks the file system about something that no watcher covers. */
  #lookAt(target: string, now: number): void {
    if (!this.#unwatched.look(target, now, this.#states.get(target) !== null)) return;
    if (this.#states.has(target)) this.#noteTouch(target);
    // A folder of the extra paths has other entries than before.
    else for (const file of this.#enter([target])) this.#noteTouch(file);
  }

  #findFolders(now: number): void {
    for (const folder of this.#extras?.folders ?? []) {
      if (this.#folders.has(folder)) continue;
      this.#folders.add(folder);
      this.#unwatched.add(folder, now);
      this.#foundFolders = true;
    }
  }

  #forget(file: string): void {
    this.#states.delete(file);
    this.#touched.delete(file);
    this.#unwatched.delete(file);
  }
}

/** Whether a file's time shows that it has not changed since: it need not be read. */
function isOlder(file: string, time: number): boolean {
  return (lstatIfThere(file)?.ctimeMs ?? time) <= time - CLOCK_TICK_MS;
}

function settleTime(file: string, state: SourceState): number {
  if (isInstalled(file)) return INSTALL_SETTLE_MS;
  return state === EMPTY ? SETTLE_MS : 0;
}

const EMPTY = contentHash('');
