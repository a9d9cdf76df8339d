/** Milliseconds of rest for each millisecond of work: a sixth of a core at most. */
const REST = 5;

/** Bounds the CPU share of repeated work, by rests in proportion to it. */
export class Pace {
  readonly #now: () => number;
  readonly #cost: () => number;
  #restsUntil = 0;

  /**
   * @param now Milliseconds, as `performance.now()` has them.
   * @param cost Milliseconds of work so far.
   */
  constructor(now: () => number = () => performance.now(), cost: () => number = cpuTime) {
    this.#now = now;
    this.#cost = cost;
  }

  /**
   * Does the work, unless it is too soon after the last time.
   *
   * @returns whole milliseconds until it may be done; 0 when it was done now.
   */
  run(work: () => void): number {
    const start = this.#now();
    const wait = Math.floor(this.#restsUntil - start);
    if (wait > 0) return wait;
    const before = this.#cost();
    work();
    this.#restsUntil = this.#now() + (this.#cost() - before) * REST;
    return 0;
  }
}

/** Milliseconds that this process has had of the processors. Unlike a clock, it stands still while others have them. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
