import type { LogWriter } from './log-writer.ts';

/** How long an incomplete line is held. It may be a question on a terminal. */
const BEGINNING_MS = 100;
/** Longer lines are passed on in parts. */
const LONGEST_LINE_BYTES = 65_536;

/** Forwards the output of one process in whole lines, so that several processes can write to the same target. */
export class WholeLines {
  readonly #writer: LogWriter;
  #beginning = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(writer: LogWriter) {
    this.#writer = writer;
  }

  /**
   * As `write()` of a stream. @returns false if `onWritten` will be called, and nothing should be written before that
   */
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

  /** Called when the process has ended, possibly in the middle of a line. */
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
