import type { Gate } from './gate.ts';
import type { Load } from './load.ts';
import type { Loads } from './loads.ts';

/** The time that a load may take for a waiting request after it has become out of date. */
const LAST_CHANCE_MS = 1_000;

/**
 * Decides when a load that is out of date is replaced by another. It may continue while a request has waited for it too
 * long, until that request is answered. But a load that takes longer than the last successful one is replaced, since it
 * may never end.
 */
export class OutdatedLoad {
  /** The duration of the last successful load. */
  soundLoadMs = 0;
  readonly #loads: Loads;
  readonly #gate: Gate;
  readonly #settleChanges: () => void;
  /** The timer of the next load, while the newest load is out of date and answers the waiting requests first. */
  #behind: NodeJS.Timeout | undefined;

  /** @param settleChanges Checks again what has changed. */
  constructor(loads: Loads, gate: Gate, settleChanges: () => void) {
    this.#loads = loads;
    this.#gate = gate;
    this.#settleChanges = settleChanges;
  }

  /** Whether the load may answer the request that has waited too long. */
  isAnswer(load: Load): boolean {
    const { overdueSince } = this.#gate;
    return overdueSince !== undefined && load.answering(overdueSince) !== undefined;
  }

  /** Begins another load for these changes, now or after the newest load has answered. */
  settle(changed: readonly string[]): void {
    const current = this.#loads.current!;
    const { state, activatedAt = 0 } = current;
    const { overdueSince } = this.#gate;
    const isLastChance = overdueSince !== undefined && activatedAt > overdueSince;
    const patience = activatedAt + LAST_CHANCE_MS + 2 * this.soundLoadMs - Date.now();
    const isLoading = state === 'loading' && patience > 0;
    this.reset();
    const isLoaded = isLastChance && this.isAnswer(current);
    if (isLoaded) this.#gate.dispatchSoon(); // The request may have become overdue after the end of that load.
    if (isLoaded || (isLastChance && isLoading))
      this.#behind = setTimeout(this.#settleChanges, Math.max(patience, LAST_CHANCE_MS));
    else this.#loads.begin(changed);
  }

  /** Called when a request has been answered. If no other request waits, the next load may begin. */
  settleIfDone(): void {
    if (this.#behind !== undefined && !this.#gate.isWaitedFor) this.#settleChanges();
  }

  reset(): void {
    clearTimeout(this.#behind);
    this.#behind = undefined;
  }
}
