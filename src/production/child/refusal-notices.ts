/** The limit of lines in one second. A client can cause thousands of refused requests. */
const MOST_PER_SECOND = 10;
const PERIOD_MS = 1_000;

/** Forwards notices about refused requests up to a readable rate, and reports the number of the others. */
export class RefusalNotices {
  readonly #tell: (text: string) => void;
  #told = 0;
  #untold = 0;
  #period: NodeJS.Timeout | undefined;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  add(text: string): void {
    this.#period ??= setTimeout(() => this.#end(), PERIOD_MS).unref();
    if (this.#told === MOST_PER_SECOND) {
      this.#untold += 1;
      return;
    }
    this.#told += 1;
    this.#tell(text);
  }

  #end(): void {
    if (this.#untold > 0) this.#tell(`${this.#untold} more requests were refused within a second.`);
    this.#period = undefined;
    this.#told = 0;
    this.#untold = 0;
  }
}
