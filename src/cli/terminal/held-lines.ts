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
  /** Not ready yet: an error of their requests may be in the pipe of a worker. */
  #arriving: (() => string)[] = [];
  #lines: (() => string)[] = [];
  #hold: NodeJS.Timeout | undefined;

  /** @param holdMs 0 where each line is to be printed at once */
  constructor(write: (text: string) => void = print, holdMs = HOLD_MS) {
    this.#write = write;
    this.#holdMs = holdMs;
  }

  /** @param line makes the line */
  add(line: () => string): void {
    if (this.#holdMs === 0) this.#write(line());
    else if (this.#arriving.push(line) === 1) afterOutput(() => this.#admit());
  }

  /** Prints what is held, before output of a worker. */
  release(): void {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#write(lines.map((line) => line()).join(''));
  }

  /** Prints all that has come, before something else of this process, or its end. */
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
 * Calls when all has been read that workers wrote before they sent what is being handled. It comes by another pipe, which the next turn of
 * the event loop reads at the latest.
 */
function afterOutput(act: () => void): void {
  setImmediate(() => setImmediate(act));
}
