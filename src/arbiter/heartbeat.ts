import type { WorkerHandle } from './worker-handle.ts';

const BEAT_MS = 500;
const SILENT_BEATS = 4;
const LATE_BEATS = 2;

/** After how long without a sign of life a worker counts as silent, in ms. */
export const SILENCE_MS = (SILENT_BEATS + 1) * BEAT_MS;

/**
 * Asks a worker that has something to do whether its event loop still turns. Nothing is asked while nothing is to be
 * done. Beats are counted, not time, so that a laptop that slept does not take its workers for stuck.
 */
export class Heartbeat {
  readonly #onSilent: (worker: WorkerHandle) => void;
  #worker: WorkerHandle | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** How many beats a question has been open; undefined when none is. */
  #missed: number | undefined;
  #hasMore = false;

  /** @param onSilent Called once for each silence. */
  constructor(onSilent: (worker: WorkerHandle) => void) {
    this.#onSilent = onSilent;
  }

  /** Whether the worker that is watched has not answered for `SILENCE_MS`. */
  isSilent(worker: WorkerHandle): boolean {
    return worker === this.#worker && (this.#missed ?? 0) >= SILENT_BEATS;
  }

  /** Whether it has left a question open for longer than a moment, and may be silent soon. */
  isLate(worker: WorkerHandle): boolean {
    return worker === this.#worker && (this.#missed ?? 0) >= LATE_BEATS;
  }

  /** The worker has got something to do. */
  watch(worker: WorkerHandle): void {
    if (worker !== this.#worker) this.stop();
    this.#worker = worker;
    this.#hasMore = true;
    if (!this.isSilent(worker)) this.#timer ??= this.#nextBeat();
  }

  /** The worker has answered. */
  answered(worker: WorkerHandle, isBusy: boolean): void {
    if (worker !== this.#worker) return;
    this.#missed = undefined;
    if (isBusy || this.#hasMore) this.#timer ??= this.#nextBeat();
    else this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#missed = undefined;
    this.#worker = undefined;
  }

  #nextBeat(): NodeJS.Timeout {
    return setTimeout(() => this.#beat(this.#worker!), BEAT_MS);
  }

  #beat(worker: WorkerHandle): void {
    this.#timer = this.#nextBeat();
    if (this.#missed === undefined) {
      this.#missed = 0;
      this.#hasMore = false;
      worker.send({ type: 'ping' });
      return;
    }
    this.#missed += 1;
    if (!this.isSilent(worker)) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onSilent(worker);
  }
}
