/** Longer lines are cut. */
const MAX_LINE_LENGTH = 8_192;

type Listener = (line: string) => void;

/** The latest lines of a log, and the listeners that follow it. */
export class RecentLines {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #count: number;

  /** @param count The number of kept lines. @default 100 */
  constructor(count = 100) {
    this.#count = count;
  }

  /** Adds one line, or several lines with line ends between them. */
  add(text: string): void {
    for (const whole of text.replace(/\n$/, '').split('\n')) {
      const line = whole.slice(0, MAX_LINE_LENGTH);
      this.#lines.push(line);
      if (this.#lines.length > this.#count) this.#lines.shift();
      for (const listener of this.#listeners) listener(line);
    }
  }

  /** Calls the listener for each kept line, and for each new one until the returned function is called. */
  tail(listener: Listener): () => void {
    for (const line of this.#lines) listener(line);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
