import { print } from './output.ts';

/**
 * Lines within this time after another one are printed together. Printing each line separately would run code that is
 * not in the processor's cache.
 */
const HOLD_MS = 50;

/**
 * Buffers lines for stdout. A single line is printed immediately; under load, many lines are written together
 * (bench/log-lines.js). Before other output, the lines must be released, so that the order stays correct.
 */
export class HeldLines {
  readonly #write: (text: string) => void;
  readonly #holdMs: number;
  /** Lines that are not ready, since an error of their requests may still be in the pipe of a worker. */
  #arriving: (() => string)[] = [];
  #lines: (() => string)[] = [];
  #hold: NodeJS.Timeout | undefined;

  /** @param holdMs 0 prints each line immediately */
  constructor(write: (text: string) => void = print, holdMs = HOLD_MS) {
    this.#write = write;
    this.#holdMs = holdMs;
  }

  /** @param line returns the line */
  add(line: () => string): void {
    if (this.#holdMs === 0) this.#write(line());
    else if (this.#arriving.push(line) === 1) afterOutput(() => this.#admit());
  }

  /** Prints the ready lines, before output of a worker. */
  release(): void {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#write(lines.map((line) => line()).join(''));
  }

  /** Prints all lines, before other output of this process, or at its end. */
  flush(): void {
    this.#lines.push(...this.#arriving.splice(0));
    this.release();
  }

  #admit(): void {
    this.#lines.push(...this.#arriving.splice(0));
    if (this.#hold === undefined) this.#releaseAndHold();
  }

  #releaseAndHold(): void {
    this.release();
    this.#hold = setTimeout(() => {
      this.#hold = undefined;
      if (this.#lines.length > 0) this.#releaseAndHold();
    }, this.#holdMs).unref();
  }
}

/**
 * Calls `act` when everything is read that workers have written before the current message. It arrives by another pipe,
 * which is read in the next turn of the event loop at the latest.
 */
function afterOutput(act: () => void): void {
  setImmediate(() => setImmediate(act));
}
