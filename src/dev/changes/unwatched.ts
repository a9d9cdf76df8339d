import { lstatIfThere } from '../../files/stat-if-there.ts';

/** How coarse the clock of a file system may be. Behind the time of one change, another one may hide for so long. */
export const CLOCK_TICK_MS = 2_000;

/** Linux takes the time of a change from a clock that is behind by as much. */
const KERNEL_TICK_MS = 5;

/** When something was checked, and the time of its last change then: null when it was not there. */
interface Look {
  at: number;
  changedAt?: number | null;
  /** When that time was seen first: the change is no later. */
  seenAt?: number;
}

/** Files, and folders of the extra paths, that no watcher covers, and what the file system has said of them. */
export class Unwatched {
  readonly #looks = new Map<string, Look>();

  get size(): number {
    return this.#looks.size;
  }

  get targets(): Iterable<string> {
    return this.#looks.keys();
  }

  has(target: string): boolean {
    return this.#looks.has(target);
  }

  /** @param at since when it may have changed */
  add(target: string, at: number): void {
    this.#looks.set(target, { at });
  }

  delete(target: string): void {
    this.#looks.delete(target);
  }

  /**
   * Asks the file system about one of them.
   *
   * @param wasThere what is to be expected when it is asked for the first time
   * @returns whether it may be another than before
   */
  look(target: string, now: number, wasThere: boolean): boolean {
    const last = this.#looks.get(target)!;
    const changedAt = timeOfChange(target);
    const isAsBefore =
      last.changedAt === undefined ? (changedAt !== null) === wasThere : changedAt === last.changedAt;
    const mayHide = changedAt !== null && changedAt > last.at - CLOCK_TICK_MS;
    last.at = now;
    if (changedAt !== last.changedAt) last.seenAt = now;
    last.changedAt = changedAt;
    return !isAsBefore || mayHide;
  }

  /** When something was done to a file last at the latest, in ms since the epoch. */
  changedAt(target: string): number {
    const changedAt = timeOfChange(target);
    const last = this.#looks.get(target);
    const seenAt = last?.changedAt === changedAt ? last.seenAt! : Date.now();
    return changedAt === null ? seenAt : Math.min(changedAt + KERNEL_TICK_MS, seenAt);
  }
}

/** The time of the inode's change cannot be set back, unlike that of the modification. */
function timeOfChange(target: string): number | null {
  return lstatIfThere(target)?.ctimeMs ?? null;
}
