import type { SourceState } from '../../loader/sources/source-files.ts';
import type { ExtraPaths } from './extra-paths.ts';
import { Freshness } from './freshness.ts';
import { LoadRounds } from './load-rounds.ts';
import { readAdvice, watchAdvice } from './watch-advice.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** Changes come in bursts; this long after one we wait for the next, unless a request asks to know. */
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
  /** What counts besides the files that are loaded, and what does not count at all. @default nothing */
  readonly extras?: ExtraPaths;
  /** Whether somebody is changing many files, and it will not take long. @default nobody ever is */
  readonly isBusy?: () => boolean;
}

interface ChangeWatchEvents {
  /** Something happened to these files, which may be as they were. */
  onTouched(files: readonly string[]): void;
  /** What is loaded is out of date. */
  onStale(changed: readonly string[]): void;
  /** After something happened, or was being written, all is as it was loaded. */
  onFresh(): void;
  /** The site itself writes these files while it loads: that is no reason to load it again. */
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
  /** Advice that has been given, which every reload would give again. */
  readonly #told = new Set<string>();
  #settle: NodeJS.Timeout | undefined;
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
    clearTimeout(this.#settle);
    clearTimeout(this.#recheck);
    this.#rounds.wait();
    this.#freshness.begin();
  }

  /** A worker begins to load it. */
  started(): void {
    this.#rounds.begin();
  }

  /** It has been loaded, well or not. */
  ended({ hasFailed }: { readonly hasFailed: boolean }): void {
    this.#freshness.ended();
    this.#rounds.end({ hasFailed });
    if (hasFailed) this.#freshness.failed();
  }

  /** What is loaded has answered a request while it was fresh. */
  answered(): void {
    this.#rounds.answered();
  }

  /** A worker has read these files, none before a time. */
  add(files: Iterable<readonly [file: string, state: SourceState]>, since: number): void {
    this.#freshness.add(files, since);
  }

  /** A sound generation was loaded from these files: others count no more. */
  retain(files: ReadonlySet<string>): void {
    this.#freshness.retain(files);
  }

  /** Watches what the site is made of now. */
  watch(): void {
    this.#cover();
    this.settle();
  }

  /** Checks what no watcher covers. @returns Milliseconds until that may be done; 0 when it is done. */
  look(): number {
    return this.#freshness.look();
  }

  /**
   * Compares what was touched with what was loaded, and acts on the difference.
   *
   * @returns whether what is loaded may answer: it is what the files are, or as near to it as can be. If not, `onStale` is
   * called now, or when they are written.
   */
  settle(): boolean {
    const verdict = this.#freshness.check();
    if (verdict.isFresh) return true;
    if (verdict.changed.length > 0) return this.#judge(verdict.changed);
    this.#recheckAfter(RECHECK_MS);
    return false;
  }

  close(): void {
    clearTimeout(this.#settle);
    clearTimeout(this.#recheck);
    clearTimeout(this.#again);
    this.#watcher.close();
  }

  #poll(): void {
    const waitMs = this.#freshness.look();
    if (waitMs > 0) this.#again = setTimeout(() => this.#poll(), waitMs);
    else this.settle();
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

  /** Unlike the time that changes have to settle, this passes while more of them come. */
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
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      if (this.#isBusy()) this.#settleAfter(SETTLE_MS);
      else if (this.settle()) this.#events.onFresh();
    }, ms);
  }

  /** What is not watched is checked with every request instead. */
  #onWatchError(error: NodeJS.ErrnoException, folder: string): void {
    this.#freshness.lose(folder);
    this.#advise(watchAdvice(error, folder));
  }

  /** One is enough to say what is wrong: it may be a folder with thousands of others. */
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
