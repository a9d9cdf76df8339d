/** The milliseconds of rest for each millisecond of work: the work takes at most a sixth of a core. */
const REST = 5;

/** Limits the CPU share of repeated work: a rest follows each piece of work, in proportion to its duration. */
export class Pace {
  readonly #now: () => number;
  readonly #cost: () => number;
  #restsUntil = 0;

  /**
   * @param now The time in ms, like `performance.now()`.
   * @param cost The total CPU time in ms until now.
   */
  constructor(now: () => number = () => performance.now(), cost: () => number = cpuTime) {
    this.#now = now;
    this.#cost = cost;
  }

  /**
   * Does the work, unless it is too early after the last time.
   *
   * @returns 0 when the work was done, otherwise the whole milliseconds until it can be done.
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

/** The CPU time of this process in ms. Unlike a clock, it does not advance while other processes use the processors. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
