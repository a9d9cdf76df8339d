/** A test sets it on `globalThis`, so that every probe fails: all that is left is what Node documents. */
const DOCUMENTED_ONLY = Symbol.for('startproject.documented-only');

/** Whether what Node does not document may be used, where it is there. */
export function mayUseInternals(): boolean {
  return !(DOCUMENTED_ONLY in globalThis);
}

/** Whether this Node has something that it does not document: tried at first use, and known from then on. */
export class Probe {
  readonly #works: () => boolean;
  #isPassed: boolean | undefined;

  /** @param works tries it by what can be seen from outside. It may throw. */
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
      return false; // it is what was to be found out
    }
  }
}
