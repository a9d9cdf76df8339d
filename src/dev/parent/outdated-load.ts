import type { Gate } from './gate.ts';
import type { Load } from './load.ts';
import type { Loads } from './loads.ts';

/** How long a load that is out of date already may take for a request that has waited for it. */
const LAST_CHANCE_MS = 1_000;

/**
 * When a load that is out of date is followed by another. A load is not begun anew while a request waits for it for too
 * long, nor before that is answered; but for one that takes longer than the last sound one did, since it may never end.
 */
export class OutdatedLoad {
  /** How long the last sound load took. */
  soundLoadMs = 0;
  readonly #loads: Loads;
  readonly #gate: Gate;
  readonly #settleChanges: () => void;
  /** While the newest load is out of date, and answers those first that have waited for it. */
  #behind: NodeJS.Timeout | undefined;

  /** @param settleChanges Judges what has changed once more. */
  constructor(loads: Loads, gate: Gate, settleChanges: () => void) {
    this.#loads = loads;
    this.#gate = gate;
    this.#settleChanges = settleChanges;
  }

  /** Whether the load is good enough for the request that has waited for too long. */
  isAnswer(load: Load): boolean {
    const { overdueSince } = this.#gate;
    return overdueSince !== undefined && load.answering(overdueSince) !== undefined;
  }

  /** Begins another load for these changes, now or when the newest one has had its chance. */
  settle(changed: readonly string[]): void {
    const current = this.#loads.current!;
    const { state, activatedAt = 0 } = current;
    const { overdueSince } = this.#gate;
    const isLastChance = overdueSince !== undefined && activatedAt > overdueSince;
    const patience = activatedAt + LAST_CHANCE_MS + 2 * this.soundLoadMs - Date.now();
    const isLoading = state === 'loading' && patience > 0;
    this.reset();
    const isLoaded = isLastChance && this.isAnswer(current);
    if (isLoaded) this.#gate.dispatchSoon(); // its patience may have ended since that load did
    if (isLoaded || (isLastChance && isLoading))
      this.#behind = setTimeout(this.#settleChanges, Math.max(patience, LAST_CHANCE_MS));
    else this.#loads.begin(changed);
  }

  /** A request has been answered: if no other waits, the next load may begin. */
  settleIfDone(): void {
    if (this.#behind !== undefined && !this.#gate.isWaitedFor) this.#settleChanges();
  }

  reset(): void {
    clearTimeout(this.#behind);
    this.#behind = undefined;
  }
}
