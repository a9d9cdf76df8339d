import { nowMs } from '../now-ms.ts';

/** When a server that closes breaks off what is still open. */
export class Deadline {
  isOver = false;
  readonly #onOver: () => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  /** It is over in so many milliseconds, if it was not to be earlier. */
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

  /** There is nothing left to break off. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
