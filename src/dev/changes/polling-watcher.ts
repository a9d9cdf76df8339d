import { cpuTime } from './cpu-time.ts';
import type { Watcher, WatcherEvents } from './watcher.ts';

/** While nothing changes, a look takes no more of a core than this; while something does, no more than that. */
const IDLE_SHARE = 0.004;
const BUSY_SHARE = 0.1;

/** How fast the one turns into the other. */
const SLOWDOWN = 1.2;

/**
 * Has the files looked at every so often, where events do not come: network mounts, Docker on some systems. Requests
 * look for themselves; this is for the pages that wait to be told. So it may take its time when there are many files
 * and none has changed for a while.
 */
export class PollingWatcher implements Watcher {
  readonly #events: WatcherEvents;
  readonly #intervalMs: number;
  readonly #cost: () => number;
  #pauseMs: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param intervalMs How long between two looks, at least.
   * @param cost Milliseconds of work so far.
   */
  constructor(events: WatcherEvents, intervalMs: number, cost: () => number = cpuTime) {
    this.#events = events;
    this.#cost = cost;
    this.#intervalMs = intervalMs;
    this.#pauseMs = intervalMs;
  }

  /** Something has changed: what follows is looked for with new zeal. */
  watch(): readonly string[] {
    this.#pauseMs = this.#intervalMs;
    this.#schedule();
    return []; // A request may well come before the next look.
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
