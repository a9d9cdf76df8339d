import { writeSync } from 'node:fs';
import { CommandError } from '../../errors.ts';
import { atExit } from '../at-exit.ts';
import type { FileOwner } from '../host/identity.ts';
import { type LogTarget, type OpenTarget, openTarget, shownTarget } from './log-target.ts';

/** The limit of pending output, about ten thousand lines. Further lines are lost, and counted. */
const MOST_PENDING_BYTES = 1_048_576;
/** The delay before a full pipe is tried again: first this time, then twice the last one, up to the maximum. */
const FULL_PIPE_MS = 1;
const LONGEST_FULL_PIPE_MS = 128;
/** The delay before a failed write is tried again. */
const FAILED_MS = 1_000;
/** How long the end of the process waits for the reader of a pipe. */
const EXIT_MS = 1_000;

interface LogWriterOptions {
  readonly target: LogTarget;
  /** The name of the log in notices: `access log`. */
  readonly name: string;
  /** The owner of a new file if root opens it for workers of another user. @default root */
  readonly owner?: FileOwner | undefined;
  /** Called with a problem of the log itself: once at its beginning, and once at its end. */
  readonly onTrouble: (text: string) => void;
}

/**
 * Appends lines to a file, a pipe or a terminal. The lines of one turn of the event loop are written together, and stay
 * complete between the lines of other processes. It never blocks and never ends the process: if a disk is full or a
 * pipe is not read, lines are lost, and counted.
 *
 * Text is a string of bytes, one latin-1 character each.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  #open: OpenTarget;
  #pending = '';
  #lostLines = 0;
  #isScheduled = false;
  #isFailing = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  #fullPipeMs = FULL_PIPE_MS;
  /** Callers that wait until their forwarded lines are written. */
  #waiting: (() => void)[] = [];
  readonly #forgetExit: () => void;

  /** @throws {CommandError} if the log cannot be opened. */
  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#open = openTarget(options.target, options.owner);
    this.#forgetExit = atExit(() => this.#flushLast());
  }

  /** The limit of bytes that a write completes as a whole, even if other processes write as well. */
  get wholeBytes(): number {
    return this.#open.wholeBytes;
  }

  /** Writes lines at the end of this turn of the event loop. */
  write(lines: string): void {
    if (this.#isClosed || this.#pending.length + lines.length > MOST_PENDING_BYTES) {
      this.#lostLines += countLines(lines);
      return;
    }
    this.#pending += lines;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flushScheduled);
  }

  readonly #flushScheduled = () => {
    this.#isScheduled = false;
    if (this.#retry === undefined) this.#flush();
  };

  /**
   * Writes lines of another process, which must wait while the reader of this log is slow.
   *
   * @param onWritten called later if this returns false
   */
  forward(lines: string, onWritten: () => void): boolean {
    if (this.#isFailing || this.#isClosed) {
      this.write(lines);
      return true;
    }
    this.#pending += lines;
    if (this.#retry === undefined) this.#flush();
    if (this.#pending === '' || this.#isFailing) return true;
    this.#waiting.push(onWritten);
    return false;
  }

  /**
   * Reopens the log after its file was renamed. If that fails, the open file stays in use.
   *
   * @returns whether it was reopened
   */
  reopen(): boolean {
    const { target, owner, name, onTrouble } = this.#options;
    if (typeof target !== 'string' || this.#isClosed) return true;
    let opened: OpenTarget;
    try {
      opened = openTarget(target, owner);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      onTrouble(`${error.message} The ${name} continues in the file that is open.`);
      return false;
    }
    this.#flush();
    this.#open.close();
    this.#open = opened;
    return true;
  }

  /** Writes pending lines and closes the file. Lines that are written later are lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#flushLast();
    this.#discardAll();
    this.#open.close();
  }

  #discardAll(): void {
    this.#isClosed = true;
    this.#pending = '';
    clearTimeout(this.#retry);
    this.#release();
    this.#forgetExit();
  }

  #flush(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    while (this.#pending !== '') {
      const error = this.#writeSome();
      if (error !== undefined) {
        this.#tryAgainAfter(error);
        return;
      }
    }
    this.#release();
    if (this.#isFailing || this.#lostLines > 0) this.#recovered();
  }

  /** @returns the code and message of the error, if any */
  #writeSome(): Pick<NodeJS.ErrnoException, 'code' | 'message'> | undefined {
    const { fd, wholeBytes } = this.#open;
    if (this.#open.isBusy()) return { code: 'EAGAIN', message: 'others write' };
    try {
      const written = writeSync(fd, firstLines(this.#pending, wholeBytes), null, 'latin1');
      this.#pending = this.#pending.slice(written);
      this.#fullPipeMs = FULL_PIPE_MS;
    } catch (error) {
      return error as NodeJS.ErrnoException;
    }
    return undefined;
  }

  #tryAgainAfter({ code, message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>): void {
    const isFull = code === 'EAGAIN';
    this.#retry = setTimeout(() => this.#flush(), isFull ? this.#fullPipeMs : FAILED_MS).unref();
    if (isFull) {
      this.#fullPipeMs = Math.min(2 * this.#fullPipeMs, LONGEST_FULL_PIPE_MS);
      return;
    }
    this.#release();
    if (this.#isFailing) return;
    this.#isFailing = true;
    const { name, target, onTrouble } = this.#options;
    onTrouble(`The ${name} cannot be written to ${shownTarget(target)}: ${message}`);
    // The reader of our own output does not return: it has closed the terminal, or has put this process into the
    // background.
    if (code === 'EPIPE' && typeof target !== 'string') this.#discardAll();
  }

  #recovered(): void {
    const { name, target, onTrouble } = this.#options;
    const lost = this.#lostLines;
    this.#isFailing = false;
    this.#lostLines = 0;
    const loss = lost === 0 ? 'No line was lost.' : lostText(lost);
    onTrouble(`The ${name} can be written to ${shownTarget(target)} again. ${loss}`);
  }

  #release(): void {
    for (const onWritten of this.#waiting.splice(0)) onWritten();
  }

  /** There is no later turn, so lines that do not fit into a pipe wait a short time for its reader. */
  #flushLast(): void {
    const deadline = Date.now() + EXIT_MS;
    this.#flush();
    while (this.#pending !== '' && !this.#isFailing && Date.now() < deadline) {
      sleep(FULL_PIPE_MS);
      this.#flush();
    }
    this.#tellLost();
  }

  #tellLost(): void {
    const lost = this.#lostLines + countLines(this.#pending);
    if (lost === 0) return;
    const { name, target, onTrouble } = this.#options;
    this.#lostLines = 0;
    this.#pending = '';
    onTrouble(`The ${name} could not be written to ${shownTarget(target)} to the end: ${lostText(lost)}`);
  }
}

/** The first lines that a single write completes as a whole; at least one line. */
function firstLines(lines: string, wholeBytes: number): string {
  if (lines.length <= wholeBytes) return lines;
  const end = lines.lastIndexOf('\n', wholeBytes - 1);
  return lines.slice(0, (end === -1 ? lines.indexOf('\n') : end) + 1 || lines.length);
}

function countLines(lines: string): number {
  return lines.split('\n').length - 1;
}

function lostText(count: number): string {
  return `${count} ${count === 1 ? 'line was' : 'lines were'} lost.`;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
