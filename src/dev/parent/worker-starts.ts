import type { WorkerExit } from '../../arbiter/worker-handle.ts';
import type { DevReport } from './dev-report.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';
import { lateStartNotice, startFailure } from './failures/exit-failure.ts';

/** How soon another worker is tried when one ended before it could be used; each time twice as late, up to the second. */
const RETRY_MS = 500;
const MOST_RETRY_MS = 8_000;

/** Far longer than a start takes, on a busy machine too. */
const LATE_START_MS = 5_000;

/** Handles workers that do not start: the notice, and the time of the next attempt. */
export class WorkerStarts {
  readonly #report: DevReport;
  readonly #retry: () => void;
  readonly #timers = new Map<DevWorkerHandle, NodeJS.Timeout>();
  readonly #late = new WeakSet<DevWorkerHandle>();
  #retryMs = RETRY_MS;
  #waiting: NodeJS.Timeout | undefined;
  /** The notice about the latest worker that could not start. */
  #said: string | undefined;

  /** @param retry Called when another worker may be tried. */
  constructor(report: DevReport, retry: () => void) {
    this.#report = report;
    this.#retry = retry;
  }

  /** Whether no worker is spawned now, since the last one could not start. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** A process begins to start. */
  watch(worker: DevWorkerHandle): void {
    const timer = setTimeout(() => {
      this.#late.add(worker);
      this.#report.onNotice(lateStartNotice(worker.pid, LATE_START_MS));
    }, LATE_START_MS);
    this.#timers.set(worker, timer.unref());
  }

  /** Whether a process has not started for so long that it may never do so. */
  isLate(worker: DevWorkerHandle): boolean {
    return !worker.isBooted && this.#late.has(worker);
  }

  /** The process has started. */
  succeeded(worker: DevWorkerHandle): void {
    this.forget(worker);
    this.#said = undefined;
    this.#retryMs = RETRY_MS;
  }

  /** The process has ended before it could do anything: says it once, however often it is tried. */
  failed(exit: WorkerExit): void {
    const text = startFailure(exit);
    if (text !== this.#said) this.#report.onNotice(text);
    this.#said = text;
  }

  /** The process has ended, or is to end. */
  forget(worker: DevWorkerHandle): void {
    clearTimeout(this.#timers.get(worker));
    this.#timers.delete(worker);
  }

  /** A worker that cannot even boot would otherwise be spawned without end. */
  retryLater(): void {
    if (this.isWaiting) return;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      this.#retry();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, MOST_RETRY_MS);
  }

  /** Another load begins, so that the next worker is tried now. */
  reset(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#retryMs = RETRY_MS;
  }

  close(): void {
    this.reset();
    for (const worker of this.#timers.keys()) this.forget(worker);
  }
}
