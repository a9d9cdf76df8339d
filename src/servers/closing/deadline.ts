import { nowMs } from '../now-ms.ts';

/** The time at which a closing server cuts what is still open. */
export class Deadline {
  isOver = false;
  readonly #onOver: () => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  /** Sets the deadline to this many milliseconds from now, unless it is earlier already. */
  bringForward(ms: number): void {
    const at = nowMs() + ms;
    if (at >= this.#at) return;
    this.#at = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#onOver();
    }, ms);
  }

  /** Cancels the deadline, since nothing is open any more. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
