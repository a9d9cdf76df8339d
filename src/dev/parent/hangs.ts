import { Heartbeat } from '../../arbiter/heartbeat.ts';
import type { Failure } from '../../worker/messages.ts';
import type { DevReport } from './dev-report.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';
import { longLoadFailure, restNotice, STUCK_TIMEOUT_MS, stuckFailure } from './failures/hang-failure.ts';
import type { Load } from './load.ts';
import type { Loads } from './loads.ts';

/** A longer load causes a notice on the terminal. */
const SLOW_LOAD_MS = 3_000;

/** After this time, waiting clients get a page about the long load. The load continues, since it may only be slow. */
const LONG_LOAD_MS = 10_000;

/** Watches for loads and requests that do not end. It reports the place of the code, and starts another worker. */
export class Hangs {
  readonly #loads: Loads;
  readonly #report: DevReport;
  readonly #onLongLoad: (load: Load, failure: Failure) => void;
  readonly #heartbeat = new Heartbeat<DevWorkerHandle>((worker) => void this.#onSilent(worker));
  #slow: NodeJS.Timeout | undefined;

  /** @param onLongLoad Called when a page must tell clients why nothing is served. */
  constructor(loads: Loads, report: DevReport, onLongLoad: (load: Load, failure: Failure) => void) {
    this.#loads = loads;
    this.#report = report;
    this.#onLongLoad = onLongLoad;
  }

  /** Called when a worker begins to load. */
  watchLoad(load: Load, worker: DevWorkerHandle): void {
    clearTimeout(this.#slow);
    this.#slow = setTimeout(() => void this.#onSlowLoad(load, worker), SLOW_LOAD_MS);
    this.watch(worker);
  }

  /** Called when the load has ended. */
  loaded(worker: DevWorkerHandle): void {
    clearTimeout(this.#slow);
    this.forget(worker);
  }

  /**
   * Called when the worker has got work. With a debugger it is not watched, since a breakpoint may stop it for any
   * time.
   */
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

  /**
   * Called when a worker does not answer, because one request blocks it. That request may continue, but another worker
   * replaces this one.
   */
  async #onSilent(worker: DevWorkerHandle): Promise<void> {
    const stuck = this.#loads.current!;
    if (stuck.worker !== worker || stuck.state !== 'ready') return; // Slow loads have their own notice.
    const { stack, rest } = await worker.whereabouts();
    const { current, isClosed } = this.#loads;
    if (isClosed || stuck !== current || !this.#heartbeat.isSilent(worker)) return;
    if (stack === undefined) {
      // The process may be at a breakpoint, so it is not replaced.
      this.#report.onNotice(restNotice(worker.pid, rest));
      return;
    }
    worker.stuckAt = stack;
    this.#report.onFailure(stuckFailure(stack));
    this.#loads.replace(STUCK_TIMEOUT_MS);
  }
}
