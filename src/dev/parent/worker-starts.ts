import type { WorkerExit } from '../../arbiter/worker-handle.ts';
import type { DevReport } from './dev-report.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';
import { lateStartNotice, startFailure } from './failures/exit-failure.ts';

/**
 * The delay of the next attempt after a worker ended before it could be used. It doubles each time, up to the maximum.
 */
const RETRY_MS = 500;
const MOST_RETRY_MS = 8_000;

/** Much longer than a start takes, also on a busy machine. */
const LATE_START_MS = 5_000;

/** Handles workers that do not start: the notice, and the time of the next attempt. */
export class WorkerStarts {
  readonly #report: DevReport;
  readonly #retry: () => void;
  readonly #timers = new Map<DevWorkerHandle, NodeJS.Timeout>();
  readonly #late = new WeakSet<DevWorkerHandle>();
  #retryMs = RETRY_MS;
  #waiting: NodeJS.Timeout | undefined;
  /** The last notice about a worker that could not start. */
  #said: string | undefined;

  /** @param retry Called when another worker may be started. */
  constructor(report: DevReport, retry: () => void) {
    this.#report = report;
    this.#retry = retry;
  }

  /** Whether the next attempt is delayed, because the last worker could not start. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Called when a process begins to start. */
  watch(worker: DevWorkerHandle): void {
    const timer = setTimeout(() => {
      this.#late.add(worker);
      this.#report.onNotice(lateStartNotice(worker.pid, LATE_START_MS));
    }, LATE_START_MS);
    this.#timers.set(worker, timer.unref());
  }

  /** Whether a process has been starting for so long that it may never be ready. */
  isLate(worker: DevWorkerHandle): boolean {
    return !worker.isBooted && this.#late.has(worker);
  }

  /** Called when the process has started. */
  succeeded(worker: DevWorkerHandle): void {
    this.forget(worker);
    this.#said = undefined;
    this.#retryMs = RETRY_MS;
  }

  /** Called when the process has ended before it could do anything. Repeated attempts give only one notice. */
  failed(exit: WorkerExit): void {
    const text = startFailure(exit);
    if (text !== this.#said) this.#report.onNotice(text);
    this.#said = text;
  }

  /** Called when the process has ended, or must end. */
  forget(worker: DevWorkerHandle): void {
    clearTimeout(this.#timers.get(worker));
    this.#timers.delete(worker);
  }

  /** Delays the next attempt, since a worker that always fails at its start would be spawned without end. */
  retryLater(): void {
    if (this.isWaiting) return;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      this.#retry();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, MOST_RETRY_MS);
  }

  /** Called when another load begins: the next worker is started at once. */
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
