import { Heartbeat } from '../../arbiter/heartbeat.ts';
import type { Failure } from '../../worker/messages.ts';
import type { DevReport } from './dev-report.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';
import { longLoadFailure, restNotice, STUCK_TIMEOUT_MS, stuckFailure } from './failures/hang-failure.ts';
import type { Load } from './load.ts';
import type { Loads } from './loads.ts';

/** A load that takes longer is worth a notice. */
const SLOW_LOAD_MS = 3_000;

/** After this time waiting clients get a page that says so. The load goes on: it may be slow, or in a loop. */
const LONG_LOAD_MS = 10_000;

/** Watches loads and requests that do not end: reports where they are, and starts another worker. */
export class Hangs {
  readonly #loads: Loads;
  readonly #report: DevReport;
  readonly #onLongLoad: (load: Load, failure: Failure) => void;
  readonly #heartbeat = new Heartbeat<DevWorkerHandle>((worker) => void this.#onSilent(worker));
  #slow: NodeJS.Timeout | undefined;

  /** @param onLongLoad Called when a page is due that says why nothing is served. */
  constructor(loads: Loads, report: DevReport, onLongLoad: (load: Load, failure: Failure) => void) {
    this.#loads = loads;
    this.#report = report;
    this.#onLongLoad = onLongLoad;
  }

  /** A worker begins to load. */
  watchLoad(load: Load, worker: DevWorkerHandle): void {
    clearTimeout(this.#slow);
    this.#slow = setTimeout(() => void this.#onSlowLoad(load, worker), SLOW_LOAD_MS);
    this.watch(worker);
  }

  /** The load has come to its end. */
  loaded(worker: DevWorkerHandle): void {
    clearTimeout(this.#slow);
    this.forget(worker);
  }

  /** The worker has work. A debugger may stop it for any time. */
  watch(worker: DevWorkerHandle): void {
    if (this.#loads.site.inspect === undefined) this.#heartbeat.watch(worker);
  }

  answered(worker: DevWorkerHandle, openRequests: number): void {
    const isLoading = this.#loads.loadOf(worker)?.state === 'loading';
    this.#heartbeat.answered(worker, isLoading || openRequests > 0);
  }

  forget(worker: DevWorkerHandle): void {
    this.#heartbeat.forget(worker);
  }

  close(): void {
    clearTimeout(this.#slow);
    this.#heartbeat.stop();
  }

  async #onSlowLoad(load: Load, worker: DevWorkerHandle): Promise<void> {
    if (this.#heartbeat.isLate(worker)) load.slowAt = await worker.whereabouts();
    const { current, isClosed } = this.#loads;
    if (isClosed || load !== current || load.state !== 'loading') return;
    this.#report.onSlowLoad(SLOW_LOAD_MS, load.slowAt);
    this.#slow = setTimeout(() => {
      const where = this.#heartbeat.isSilent(worker) ? load.slowAt : {};
      this.#onLongLoad(load, longLoadFailure(LONG_LOAD_MS, this.#loads.site.root, where));
    }, LONG_LOAD_MS - SLOW_LOAD_MS);
  }

  /** A worker does not answer, since one request keeps it busy. It may go on with that; another takes its place. */
  async #onSilent(worker: DevWorkerHandle): Promise<void> {
    const stuck = this.#loads.current!;
    if (stuck.worker !== worker || stuck.state !== 'ready') return; // Slow loads have a notice of their own.
    const { stack, rest } = await worker.whereabouts();
    const { current, isClosed } = this.#loads;
    if (isClosed || stuck !== current || !this.#heartbeat.isSilent(worker)) return;
    if (stack === undefined) {
      // It may be at a breakpoint, so it goes on.
      this.#report.onNotice(restNotice(worker.pid, rest));
      return;
    }
    worker.stuckAt = stack;
    this.#report.onFailure(stuckFailure(stack));
    this.#loads.replace(STUCK_TIMEOUT_MS);
  }
}
