import type { SourceState } from '../../loader/sources/source-files.ts';
import type { ExtraPaths } from './extra-paths.ts';
import { Freshness } from './freshness.ts';
import { LoadRounds } from './load-rounds.ts';
import { readAdvice, watchAdvice } from './watch-advice.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** Changes come in bursts: after each one, the next one is awaited for this time, unless a request needs the result. */
const SETTLE_MS = 10;

/** Many files at once are written by a program, which may pause for a longer time between them. */
const MANY_FILES = 5;
const SETTLE_MANY_MS = 100;

/**
 * A program may create folders faster than they are listed. Folders beyond this limit are found at the next request.
 */
const MAX_LISTINGS = 10;

/** The interval of checks while a file is being written. */
const RECHECK_MS = 5;

export interface ChangeWatchOptions {
  readonly createWatcher: (events: WatcherEvents) => Watcher;
  /** Paths that count besides the loaded files, and paths that are ignored. @default none */
  readonly extras?: ExtraPaths;
  /** Whether a program is changing many files at the moment. @default never */
  readonly isBusy?: () => boolean;
}

interface ChangeWatchEvents {
  /** Called with files that had an event. Their content may be unchanged. */
  onTouched(files: readonly string[]): void;
  /** Called when the loaded code is out of date. */
  onStale(changed: readonly string[]): void;
  /** Called when files had events but are the same as when they were loaded. */
  onFresh(): void;
  /** Called with files that the site itself writes while it loads. They cause no reload. */
  onSelfWritten(files: readonly string[]): void;
  onNotice(text: string): void;
}

/** Decides whether the newest generation is out of date, by the events of the watcher and the content of the files. */
export class ChangeWatch {
  readonly #events: ChangeWatchEvents;
  readonly #watcher: Watcher;
  readonly #freshness: Freshness;
  readonly #rounds = new LoadRounds();
  readonly #isBusy: () => boolean;
  /** Advice that has been shown. Otherwise each reload would repeat it. */
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

  /** Loaded files whose changes are ignored. */
  get ignored(): Iterable<string> {
    return this.#freshness.ignored;
  }

  /** Called before a new generation is loaded from the current files. */
  begin(): void {
    this.#stopSettling();
    clearTimeout(this.#recheck);
    this.#rounds.wait();
    this.#freshness.begin();
  }

  /** Called when a worker begins that load. */
  started(): void {
    this.#rounds.begin();
  }

  /** Called when the load has ended, successfully or not. */
  ended({ hasFailed }: { readonly hasFailed: boolean }): void {
    this.#freshness.ended();
    this.#rounds.end({ hasFailed });
    if (hasFailed) this.#freshness.failed();
  }

  /** Called when the loaded code has answered a request while it was up to date. */
  answered(): void {
    this.#rounds.answered();
  }

  /** Records files that a worker has read. @param since No file was read before this time. */
  add(files: Iterable<readonly [file: string, state: SourceState]>, since: number): void {
    this.#freshness.add(files, since);
  }

  /** Called when a generation has loaded from these files without an error. Other files no longer count. */
  retain(files: ReadonlySet<string>): void {
    this.#freshness.retain(files);
  }

  /** Watches the files of the current site. */
  watch(): void {
    this.#cover();
    this.settleUnasked();
  }

  /**
   * Checks the files that no watcher covers. @returns 0 when done, otherwise the milliseconds until the check can be
   * done.
   */
  look(): number {
    return this.#freshness.look();
  }

  /**
   * Compares the touched files with their loaded content, and reports a difference.
   *
   * @returns whether the loaded code may answer: it is up to date, or as close to that as possible. Otherwise `onStale`
   *   is called now, or when the files are completely written.
   */
  settle(): boolean {
    const verdict = this.#freshness.check();
    if (verdict.isFresh) return true;
    if (verdict.changed.length > 0) return this.#judge(verdict.changed);
    this.#recheckAfter(RECHECK_MS);
    return false;
  }

  /**
   * Does the same without a request that needs the result. While a program is changing many files, it waits for the end
   * of that.
   */
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

  /**
   * Watches all folders, and lists the content of new ones only after they are watched, since further files and folders
   * may be added in the meantime.
   */
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

  /** Schedules a check. Unlike the settling time, it is not prolonged by further changes. */
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
      // If this process had to wait for a processor, due timers run before the events that have arrived, so one more
      // turn is awaited.
      else this.#turn = setImmediate(() => this.settle() && this.#events.onFresh());
    }, ms);
  }

  #stopSettling(): void {
    clearTimeout(this.#settle);
    clearImmediate(this.#turn);
  }

  /** Called when a folder cannot be watched. Every request then checks its files. */
  #onWatchError(error: NodeJS.ErrnoException, folder: string): void {
    this.#freshness.lose(folder);
    this.#advise(watchAdvice(error, folder));
  }

  /** Shows one notice only, since thousands of folders may fail for the same reason. */
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
