import { lstatIfThere } from '../../files/stat-if-there.ts';

/** How coarse the clock of a file system may be: two changes within this time may have the same time stamp. */
export const CLOCK_TICK_MS = 2_000;

/** Linux takes time stamps from a clock that may be behind by this. */
const KERNEL_TICK_MS = 5;

/** When something was checked, and the time of its last change then: null when it was not there. */
interface Look {
  at: number;
  changedAt?: number | null;
  /** When that time was seen first: the change is no later. */
  seenAt?: number;
}

/** The files, and folders of the extra paths, that no watcher covers, each with the result of its last `stat`. */
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

  /** The latest possible time of a file's last change, in ms since the epoch. */
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
