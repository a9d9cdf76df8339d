import type { Message } from '../worker/messages.ts';
import type { PoolWorker } from './worker-handle.ts';

const BEAT_MS = 500;
const SILENT_BEATS = 4;

/** After how long without a sign of life a worker counts as silent, in ms, unless another time is asked for. */
export const SILENCE_MS = (SILENT_BEATS + 1) * BEAT_MS;

interface HeartbeatOptions<Worker> {
  /** @default 500 */
  readonly beatMs?: number;
  /** How many beats a question may be open; a function gives a number for each worker. @default 4 */
  readonly silentBeats?: number | ((worker: Worker) => number);
}

interface Beat {
  /** How many beats a question has been open; undefined when none is. */
  missed: number | undefined;
  hasMore: boolean;
}

/**
 * Asks each busy worker whether its event loop still turns, all of them at the same beat. While no worker is busy, no
 * timer runs. Beats are counted, not time: after a laptop's sleep no worker counts as stuck.
 */
export class Heartbeat<Worker extends Pick<PoolWorker<Message>, 'send'>> {
  readonly #onSilent: (worker: Worker) => void;
  readonly #beatMs: number;
  readonly #silentBeats: (worker: Worker) => number;
  readonly #beats = new Map<Worker, Beat>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onSilent Called once for each silence. */
  constructor(
    onSilent: (worker: Worker) => void,
    { beatMs = BEAT_MS, silentBeats = SILENT_BEATS }: HeartbeatOptions<Worker> = {},
  ) {
    this.#onSilent = onSilent;
    this.#beatMs = beatMs;
    this.#silentBeats = typeof silentBeats === 'number' ? () => silentBeats : silentBeats;
  }

  /** Whether the worker counts as silent: it has not answered for the whole limit. */
  isSilent(worker: Worker): boolean {
    return this.#missed(worker) >= this.#silentBeats(worker);
  }

  /** Whether it has not answered for half of the limit. */
  isLate(worker: Worker): boolean {
    return this.#missed(worker) >= this.#silentBeats(worker) / 2;
  }

  /** How long the worker has not answered, in ms. */
  silentMs(worker: Worker): number {
    return this.#missed(worker) * this.#beatMs;
  }

  /** The worker has work from now on. */
  watch(worker: Worker): void {
    const beat = this.#beats.get(worker);
    if (beat) beat.hasMore = true;
    else this.#beats.set(worker, { missed: undefined, hasMore: true });
    this.#timer ??= setTimeout(() => this.#beat(), this.#beatMs);
  }

  /** The worker has answered. */
  answered(worker: Worker, isBusy: boolean): void {
    const beat = this.#beats.get(worker);
    if (beat === undefined) return;
    beat.missed = undefined;
    if (!isBusy && !beat.hasMore) this.forget(worker);
  }

  /** The worker is watched no longer. */
  forget(worker: Worker): void {
    this.#beats.delete(worker);
    if (this.#beats.size === 0) this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#beats.clear();
  }

  #missed(worker: Worker): number {
    return this.#beats.get(worker)?.missed ?? 0;
  }

  #beat(): void {
    this.#timer = setTimeout(() => this.#beat(), this.#beatMs);
    for (const [worker, beat] of this.#beats) {
      beat.missed = beat.missed === undefined ? 0 : beat.missed + 1;
      if (beat.missed === 0) {
        beat.hasMore = false;
        worker.send({ type: 'ping' });
      } else if (beat.missed === this.#silentBeats(worker)) {
        this.#onSilent(worker);
      }
    }
  }
}
