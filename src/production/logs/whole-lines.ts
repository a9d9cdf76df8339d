import type { LogWriter } from './log-writer.ts';

/** How long the beginning of a line waits for its end, as that of a question on a terminal does. */
const BEGINNING_MS = 100;
/** Longer lines are passed on in parts. */
const LONGEST_LINE_BYTES = 65_536;

/** Passes on what one process prints, in whole lines, so that those of several processes can go to the same place. */
export class WholeLines {
  readonly #writer: LogWriter;
  #beginning = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(writer: LogWriter) {
    this.#writer = writer;
  }

  /** As that of a stream. @returns false when `onWritten` will be called, and nothing should be sent before */
  write(bytes: Buffer, onWritten: () => void): boolean {
    clearTimeout(this.#timer);
    const text = this.#beginning + bytes.toString('latin1');
    const end = text.lastIndexOf('\n') + 1 || (text.length > LONGEST_LINE_BYTES ? text.length : 0);
    this.#beginning = text.slice(end);
    if (this.#beginning !== '') {
      this.#timer = setTimeout(() => this.#passOnBeginning(''), BEGINNING_MS);
    }
    return end === 0 || this.#writer.forward(text.slice(0, end), onWritten);
  }

  /** The process has ended, in the middle of a line perhaps. */
  sourceEnded(): void {
    clearTimeout(this.#timer);
    if (this.#beginning !== '') this.#passOnBeginning('\n');
  }

  #passOnBeginning(end: string): void {
    const beginning = this.#beginning;
    this.#beginning = '';
    this.#writer.forward(beginning + end, () => {});
  }
}
