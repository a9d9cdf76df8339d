import type { SourceState } from '../../loader/sources/source-files.ts';
import type { ExtraPaths } from './extra-paths.ts';
import { Freshness } from './freshness.ts';
import { LoadRounds } from './load-rounds.ts';
import { readAdvice, watchAdvice } from './watch-advice.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** Changes come in bursts: after each one, the next is awaited for this time, unless a request needs the result. */
const SETTLE_MS = 10;

/** Many files at once are written by a tool, which may pause for longer. */
const MANY_FILES = 5;
const SETTLE_MANY_MS = 100;

/** A program may make folders faster than they are listed: the next request finds those that come later. */
const MAX_LISTINGS = 10;

/** While a file is being written, how long until it is checked again. */
const RECHECK_MS = 5;

export interface ChangeWatchOptions {
  readonly createWatcher: (events: WatcherEvents) => Watcher;
  /** Paths that count besides the loaded files, and paths that do not count. @default none */
  readonly extras?: ExtraPaths;
  /** Whether a program is changing many files, and will be done soon. @default never */
  readonly isBusy?: () => boolean;
}

interface ChangeWatchEvents {
  /** Called with files that had an event. Their content may be the same. */
  onTouched(files: readonly string[]): void;
  /** Called when the loaded code is out of date. */
  onStale(changed: readonly string[]): void;
  /** Called when the files had events, and are the same as when they were loaded. */
  onFresh(): void;
  /** Called with files that the site itself writes while it loads: they cause no reload. */
  onSelfWritten(files: readonly string[]): void;
  onNotice(text: string): void;
}

/** Decides from the events of the watcher and the content of the files whether the newest generation is out of date. */
export class ChangeWatch {
  readonly #events: ChangeWatchEvents;
  readonly #watcher: Watcher;
  readonly #freshness: Freshness;
  readonly #rounds = new LoadRounds();
  readonly #isBusy: () => boolean;
  /** Advice that was given already: each reload would repeat it. */
  readonly #told = new Set<string>();
  #settle: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #recheck: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(
    { createWatcher, extras, isBusy = () => false }: ChangeWatchOptions,
    events: ChangeWatchEvents,
  ) {
    this.#events = events;
    this.#isBusy = isBusy;
    this.#freshness = new Freshness(extras);
    this.#tellUnreadable([...this.#freshness.files, ...(extras?.folders ?? [])]);
    this.#watcher = createWatcher({
      onTouch: (target) => this.#onTouch(target),
      onError: (error, folder) => this.#onWatchError(error, folder),
      onPoll: () => this.#poll(),
    });
  }

  /** Files that were loaded, and whose changes are ignored. */
  get ignored(): Iterable<string> {
    return this.#freshness.ignored;
  }

  /** A new generation is about to be loaded from the files as they are now. */
  begin(): void {
    this.#stopSettling();
    clearTimeout(this.#recheck);
    this.#rounds.wait();
    this.#freshness.begin();
  }

  /** A worker begins to load it. */
  started(): void {
    this.#rounds.begin();
  }

  /** The load has ended, with success or not. */
  ended({ hasFailed }: { readonly hasFailed: boolean }): void {
    this.#freshness.ended();
    this.#rounds.end({ hasFailed });
    if (hasFailed) this.#freshness.failed();
  }

  /** The loaded code has answered a request while it was fresh. */
  answered(): void {
    this.#rounds.answered();
  }

  /** A worker has read these files, none before a time. */
  add(files: Iterable<readonly [file: string, state: SourceState]>, since: number): void {
    this.#freshness.add(files, since);
  }

  /** A generation has loaded from these files without an error: other files no longer count. */
  retain(files: ReadonlySet<string>): void {
    this.#freshness.retain(files);
  }

  /** Watches the files of the current site. */
  watch(): void {
    this.#cover();
    this.settleUnasked();
  }

  /** Checks the files that no watcher covers. @returns 0 when done, else the milliseconds until it may be done. */
  look(): number {
    return this.#freshness.look();
  }

  /**
   * Compares the touched files with their loaded content, and acts on a difference.
   *
   * @returns whether the loaded code may answer: it is up to date, or as near to that as possible. If not, `onStale` is
   * called now, or when the files are written.
   */
  settle(): boolean {
    const verdict = this.#freshness.check();
    if (verdict.isFresh) return true;
    if (verdict.changed.length > 0) return this.#judge(verdict.changed);
    this.#recheckAfter(RECHECK_MS);
    return false;
  }

  /** The same where no request asks for it: while somebody changes many files, it is not done before they have. */
  settleUnasked(): void {
    if (this.#isBusy()) this.#settleAfter(SETTLE_MS);
    else this.settle();
  }

  close(): void {
    this.#stopSettling();
    clearTimeout(this.#recheck);
    clearTimeout(this.#again);
    this.#watcher.close();
  }

  #poll(): void {
    const waitMs = this.#freshness.look();
    if (waitMs > 0) this.#again = setTimeout(() => this.#poll(), waitMs);
    else this.settleUnasked();
  }

  /** What is in a new folder is listed once the folder is watched, since more may have come meanwhile: folders as well. */
  #cover(): void {
    for (let listing = 0; listing < MAX_LISTINGS; listing++) {
      this.#freshness.markWatched(this.#watcher.watch(this.#freshness.files));
      if (!this.#freshness.foundFolders) return;
    }
  }

  #judge(changed: readonly string[]): boolean {
    const judgement = this.#rounds.judge(
      new Map(changed.map((file) => [file, this.#freshness.changedAt(file)])),
    );
    switch (judgement.do) {
      case 'reload':
        this.#tellUnreadable(changed);
        this.#events.onStale(changed);
        return false;
      case 'wait':
        return false;
      case 'pause':
        this.#recheckAfter(judgement.againInMs);
        return false;
      case 'accept':
        this.#freshness.accept(judgement.files);
        if (judgement.found.length > 0) this.#events.onSelfWritten(judgement.found);
        return true;
    }
  }

  /** Unlike the settling time, further changes do not prolong this. */
  #recheckAfter(ms: number): void {
    clearTimeout(this.#recheck);
    this.#recheck = setTimeout(() => {
      if (this.settle()) this.#events.onFresh();
    }, ms);
  }

  #onTouch(target: string): void {
    const files = this.#freshness.touch(target);
    if (files.length > 0) this.#events.onTouched(files);
    if (this.#freshness.foundFolders) this.#cover();
    if (this.#freshness.touchedCount === 0) return;
    this.#settleAfter(this.#freshness.touchedCount > MANY_FILES ? SETTLE_MANY_MS : SETTLE_MS);
  }

  #settleAfter(ms: number): void {
    this.#stopSettling();
    this.#settle = setTimeout(() => {
      if (this.#isBusy()) this.#settleAfter(SETTLE_MS);
      // Where this process had to wait for a processor, timers that are due run before the events that have come meanwhile.
      else this.#turn = setImmediate(() => this.settle() && this.#events.onFresh());
    }, ms);
  }

  #stopSettling(): void {
    clearTimeout(this.#settle);
    clearImmediate(this.#turn);
  }

  /** A folder without a watch is checked with every request instead. */
  #onWatchError(error: NodeJS.ErrnoException, folder: string): void {
    this.#freshness.lose(folder);
    this.#advise(watchAdvice(error, folder));
  }

  /** One notice is enough: thousands of folders may fail in the same way. */
  #tellUnreadable(targets: readonly string[]): void {
    for (const target of targets) {
      const advice = readAdvice(target);
      if (advice === undefined) continue;
      this.#advise(advice);
      return;
    }
  }

  #advise(advice: string): void {
    if (this.#told.has(advice)) return;
    this.#told.add(advice);
    this.#events.onNotice(advice);
  }
}
