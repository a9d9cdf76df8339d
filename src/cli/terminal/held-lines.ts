import { print } from './output.ts';

/** Within this time of a line, the next ones are printed together: the code for one, run alone, is in no cache of the processor. */
const HOLD_MS = 50;

/**
 * Lines on their way to stdout. One that comes alone is printed at once; under load, many are made and written together (bench/log-lines.js).
 * What else is printed has to release them first, so that the order holds.
 */
export class HeldLines {
  readonly #write: (text: string) => void;
  readonly #holdMs: number;
  #lines: (() => string)[] = [];
  #hold: NodeJS.Timeout | undefined;

  /** @param holdMs 0 where each line is to be printed at once */
  constructor(write: (text: string) => void = print, holdMs = HOLD_MS) {
    this.#write = write;
    this.#holdMs = holdMs;
  }

  /** @param line makes the line */
  add(line: () => string): void {
    this.#lines.push(line);
    if (this.#hold === undefined) this.#releaseAndHold();
  }

  /** Prints what is held. */
  release(): void {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#write(lines.map((line) => line()).join(''));
  }

  #releaseAndHold(): void {
    this.release();
    if (this.#holdMs === 0) return;
    this.#hold = setTimeout(() => {
      this.#hold = undefined;
      if (this.#lines.length > 0) this.#releaseAndHold();
    }, this.#holdMs).unref();
  }
}
