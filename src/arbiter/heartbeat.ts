import type { Message } from '../worker/messages.ts';
import type { PoolWorker } from './worker-handle.ts';

const BEAT_MS = 500;
const SILENT_BEATS = 4;

/** The default time in ms after which a worker without an answer counts as silent. */
export const SILENCE_MS = (SILENT_BEATS + 1) * BEAT_MS;

interface HeartbeatOptions<Worker> {
  /** @default 500 */
  readonly beatMs?: number;
  /**
   * The number of beats without an answer after which a worker is silent. A function can give a number for each worker.
   * @default 4
   */
  readonly silentBeats?: number | ((worker: Worker) => number);
}

interface Beat {
  /** The number of beats since the last question without an answer. Undefined when no question is open. */
  missed: number | undefined;
  hasMore: boolean;
}

/**
 * Checks whether the event loop of each busy worker is running, by a message to all of them at each beat. While no
 * worker is busy, no timer runs. The unit is beats and not time, so that no worker counts as stuck after a laptop's
 * sleep.
 */
export class Heartbeat<Worker extends Pick<PoolWorker<Message>, 'send'>> {
  readonly #onSilent: (worker: Worker) => void;
  readonly #beatMs: number;
  readonly #silentBeats: (worker: Worker) => number;
  readonly #beats = new Map<Worker, Beat>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onSilent Called once for each period of silence. */
  constructor(
    onSilent: (worker: Worker) => void,
    { beatMs = BEAT_MS, silentBeats = SILENT_BEATS }: HeartbeatOptions<Worker> = {},
  ) {
    this.#onSilent = onSilent;
    this.#beatMs = beatMs;
    this.#silentBeats = typeof silentBeats === 'number' ? () => silentBeats : silentBeats;
  }

  /** Whether the worker is silent: it has not answered for the whole limit. */
  isSilent(worker: Worker): boolean {
    return this.#missed(worker) >= this.#silentBeats(worker);
  }

  /** Whether the worker has not answered for half of the limit. */
  isLate(worker: Worker): boolean {
    return this.#missed(worker) >= this.#silentBeats(worker) / 2;
  }

  /** The time in ms for which the worker has not answered. */
  silentMs(worker: Worker): number {
    return this.#missed(worker) * this.#beatMs;
  }

  /** Called when the worker has got work. */
  watch(worker: Worker): void {
    const beat = this.#beats.get(worker);
    if (beat) beat.hasMore = true;
    else this.#beats.set(worker, { missed: undefined, hasMore: true });
    this.#timer ??= setTimeout(() => this.#beat(), this.#beatMs);
  }

  /** Called when the worker has answered. */
  answered(worker: Worker, isBusy: boolean): void {
    const beat = this.#beats.get(worker);
    if (beat === undefined) return;
    beat.missed = undefined;
    if (!isBusy && !beat.hasMore) this.forget(worker);
  }

  /** Stops watching the worker. */
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
