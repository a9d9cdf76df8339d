/** A test sets this on `globalThis` to make every probe fail. Then only documented features of Node are used. */
const DOCUMENTED_ONLY = Symbol.for('startproject.documented-only');

/** Whether undocumented features of Node may be used if they exist. */
export function mayUseInternals(): boolean {
  return !(DOCUMENTED_ONLY in globalThis);
}

/** Tests whether this Node has an undocumented feature. The test runs at first use, and its result is kept. */
export class Probe {
  readonly #works: () => boolean;
  #isPassed: boolean | undefined;

  /** @param works tests the feature by its visible effects. It may throw. */
  constructor(works: () => boolean) {
    this.#works = works;
  }

  get isPassed(): boolean {
    this.#isPassed ??= mayUseInternals() && this.#try();
    return this.#isPassed;
  }

  #try(): boolean {
    try {
      return this.#works();
    } catch {
      return false; // The failure is the result of the test.
    }
  }
}
