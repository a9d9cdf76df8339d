import path from 'node:path';
import { lstatIfThere } from '../../files/stat-if-there.ts';
import { contentHash } from '../../loader/sources/content-hash.ts';
import { isInstalled } from '../../loader/sources/installed-packages.ts';
import { type SourceState, stateOf } from '../../loader/sources/source-files.ts';
import type { ExtraPaths } from './extra-paths.ts';
import { Pace } from './pace.ts';
import { CLOCK_TICK_MS, Unwatched } from './unwatched.ts';

/** The waiting time for a file that may be written in steps: some editors empty a file before they write it. */
const SETTLE_MS = 40;

/** The waiting time for a package: a package manager needs a while from the first to the last file. */
const INSTALL_SETTLE_MS = 250;

/** The state of an existing file that has not been read. It equals no other state. */
const UNREAD = Number.NaN;

export type Verdict =
  | { readonly isFresh: true }
  /** `changed` is empty while a file is being written. */
  | { readonly isFresh: false; readonly changed: readonly string[] };

const FRESH: Verdict = { isFresh: true };
const SETTLING: Verdict = { isFresh: false, changed: [] };

/**
 * Decides whether the files of a generation are still the same as when they were loaded. The watcher's events select
 * the files to check, and their content decides. So a file that was written with the same content is unchanged, and two
 * changes within one tick of the clock are both detected.
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

  /** Whether the load has failed. A loaded file may have been half written. */
  #hasFailed = false;
  #begunAt = 0;

  /** The changed files that caused the current load. They may still be changing. */
  #rewritten: ReadonlySet<string> = new Set();

  /** @param extras Paths that count besides the loaded files, and paths that are ignored. */
  constructor(extras?: ExtraPaths) {
    this.#extras = extras;
    const now = Date.now();
    for (const file of extras?.scan() ?? [])
      this.#learn(file, isOlder(file, now) ? UNREAD : stateOf(file), now);
    this.#findFolders(now);
  }

  /** The number of files that had an event after their last check. */
  get touchedCount(): number {
    return this.#touched.size;
  }

  /** Whether there are new folders of the extra paths, which the watcher does not know yet. */
  get foundFolders(): boolean {
    return this.#foundFolders;
  }

  get files(): Iterable<string> {
    return this.#states.keys();
  }

  /** Loaded files whose changes are ignored. */
  get ignored(): Iterable<string> {
    return this.#ignored;
  }

  /**
   * Called before a new generation is loaded. The current state of each file is recorded, so a second event of the same
   * save changes nothing. If the worker reads another content, `add` detects that.
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
   * Records files that a worker has read, none of them before a time. New files are included in every check until a
   * watcher covers them. Known files with another content may have changed again in the meantime.
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

  /** Removes all loaded files except these: the others belong to earlier generations. */
  retain(files: ReadonlySet<string>): void {
    for (const file of this.#states.keys()) {
      if (!files.has(file) && !this.#extras?.covers(file)) this.#forget(file);
    }
    for (const file of this.#ignored) if (!files.has(file)) this.#ignored.delete(file);
  }

  /** Called when the watcher reports changes of these files and folders from now on. */
  markWatched(targets: Iterable<string>): void {
    this.#foundFolders = false;
    for (const target of targets) {
      if (this.#unwatched.has(target)) this.#lookAt(target, Date.now());
      this.#unwatched.delete(target);
    }
  }

  /** Called when a folder can no longer be watched. Its files must be checked at each request again. */
  lose(folder: string): void {
    for (const file of this.#states.keys()) {
      if (!file.startsWith(folder + path.sep) || this.#unwatched.has(file)) continue;
      this.#unwatched.add(file, Date.now());
      this.#noteTouch(file);
    }
    if (this.#extras?.folders.has(folder)) this.#unwatched.add(folder, Date.now());
  }

  /**
   * Called for an event at this path, or below it.
   *
   * @returns the files that may be affected.
   */
  touch(target: string): readonly string[] {
    const concerned = this.#states.has(target) ? [target] : this.#below(target);
    // A folder may appear that will contain a named path. Its content counts too.
    const entered = this.#extras?.covers(target)
      ? [target]
      : [...this.#folders].filter((folder) => `${folder}${path.sep}`.startsWith(target + path.sep));
    concerned.push(...this.#enter(entered));
    for (const file of concerned) {
      this.#noteTouch(file);
      // A watcher that covers no file may report a change much later than it happened.
      if (!this.#unwatched.has(file)) this.#toldAt.set(file, Date.now());
    }
    return concerned;
  }

  /**
   * Checks the files that no watcher covers.
   *
   * @returns 0 when done, otherwise the milliseconds until the check can be done. An earlier check would take too much
   *   of a core.
   */
  look(): number {
    if (this.#unwatched.size === 0 || this.#hasJustLooked) return 0;
    return this.#pace.run(() => this.#lookAtAll());
  }

  /**
   * Called when the load has ended. The files that it has written exist now, so they are checked at once. The times of
   * files are not enough, since the kernel's clock is too coarse for a load that ends directly after a write.
   */
  ended(): void {
    this.#lookAtAll();
    // A check in the same turn of the event loop would give the same result.
    this.#hasJustLooked = true;
    queueMicrotask(() => {
      this.#hasJustLooked = false;
    });
  }

  /**
   * Compares the touched files with their loaded content. It is synchronous, so that no event arrives between the
   * reading and the result.
   */
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
        continue; // The package is being replaced or was removed.
      else if (Date.now() - touchedAt < settleTime(file, state)) isSettling = true;
      else changed.push(file);
    }
    if (isSettling && changed.every(isInstalled)) return SETTLING;
    return changed.length > 0 ? { isFresh: false, changed } : FRESH;
  }

  /**
   * Called when the load has failed, perhaps because a file was being written. Files that changed after its begin are
   * checked again, since their events may not have arrived yet.
   */
  failed(): void {
    this.#hasFailed = true;
    for (const file of this.#states.keys()) if (!isOlder(file, this.#begunAt)) this.#noteTouch(file);
  }

  /** Returns the latest possible time of a file's last change, in ms since the epoch. */
  changedAt(file: string): number {
    return this.#toldAt.get(file) ?? this.#unwatched.changedAt(file);
  }

  /** Makes the current state of these files count as loaded. */
  accept(files: readonly string[]): void {
    for (const file of files) {
      this.#states.set(file, stateOf(file));
      this.#touched.delete(file);
    }
  }

  #mayBeHalfWritten(file: string, state: SourceState, isAsLoaded: boolean): boolean {
    if (!this.#hasFailed || state === null || !(isAsLoaded || state === EMPTY)) return false;
    // The last event may belong to an earlier change than the last one.
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

  /** Checks a file or folder that no watcher covers, by a `stat`. */
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

/** Whether the time of a file proves that it has not changed since. Then it need not be read. */
function isOlder(file: string, time: number): boolean {
  return (lstatIfThere(file)?.ctimeMs ?? time) <= time - CLOCK_TICK_MS;
}

function settleTime(file: string, state: SourceState): number {
  if (isInstalled(file)) return INSTALL_SETTLE_MS;
  return state === EMPTY ? SETTLE_MS : 0;
}

const EMPTY = contentHash('');
