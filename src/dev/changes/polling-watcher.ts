import { cpuTime } from './cpu-time.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** The share of a core that polling takes at most: while nothing changes, and while something does. */
const IDLE_SHARE = 0.004;
const BUSY_SHARE = 0.1;

/** By how much the pause grows from one poll to the next. */
const SLOWDOWN = 1.2;

/**
 * Polls where the system sends no events: network mounts, Docker on some systems. Each request checks the files
 * itself; polling is for live pages, which wait for a message. So the pause may grow when there are many files and none
 * has changed for a while.
 */
export class PollingWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #intervalMs: number;
  readonly #cost: () => number;
  #pauseMs: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param intervalMs The pause between two polls, at least.
   * @param cost Milliseconds of work so far.
   */
  constructor(events: WatcherEvents, intervalMs: number, cost: () => number = cpuTime) {
    this.#events = events;
    this.#cost = cost;
    this.#intervalMs = intervalMs;
    this.#pauseMs = intervalMs;
  }

  /** Something has changed: the pause is short again, since more changes may follow. */
  watch(): readonly string[] {
    this.#pauseMs = this.#intervalMs;
    this.#schedule();
    return []; // A request may come before the next poll.
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), this.#pauseMs);
  }

  #poll(): void {
    this.#schedule(); // First, since it may find a change, and that calls watch() or close().
    const start = this.#cost();
    this.#events.onPoll();
    const took = this.#cost() - start;
    const slower = Math.min(this.#pauseMs * SLOWDOWN, took / IDLE_SHARE);
    this.#pauseMs = Math.max(this.#intervalMs, took / BUSY_SHARE, slower);
  }
}
