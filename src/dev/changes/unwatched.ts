import { lstatIfThere } from '../../files/stat-if-there.ts';

/** The resolution of a file system's clock. Two changes within this time may have the same time stamp. */
export const CLOCK_TICK_MS = 2_000;

/** Linux's time stamps may be late by this time. */
const KERNEL_TICK_MS = 5;

/** A check of a path, with the time of its last change. `null` when it did not exist. */
interface Look {
  at: number;
  changedAt?: number | null;
  /** The time of the first check with this result. The change is not later than that. */
  seenAt?: number;
}

/** The files and folders of the extra paths that no watcher covers, with the result of the last `stat` of each. */
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

  /** @param at the time from which it may have changed */
  add(target: string, at: number): void {
    this.#looks.set(target, { at });
  }

  delete(target: string): void {
    this.#looks.delete(target);
  }

  /**
   * Checks one of the paths by a `stat`.
   *
   * @param wasThere whether it is expected to exist, for the first check
   * @returns whether it may have changed since the last check
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

  /** Returns the latest possible time of a file's last change, in ms since the epoch. */
  changedAt(target: string): number {
    const changedAt = timeOfChange(target);
    const last = this.#looks.get(target);
    const seenAt = last?.changedAt === changedAt ? last.seenAt! : Date.now();
    return changedAt === null ? seenAt : Math.min(changedAt + KERNEL_TICK_MS, seenAt);
  }
}

/** The time of the inode's change. Unlike the time of modification, programs cannot set it back. */
function timeOfChange(target: string): number | null {
  return lstatIfThere(target)?.ctimeMs ?? null;
}
