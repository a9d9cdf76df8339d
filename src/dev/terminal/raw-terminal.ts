import type { ReadStream } from 'node:tty';

/** The interval of the check whether a command in the background has moved to the foreground. */
const RECHECK_MS = 500;

interface RawTerminalOptions {
  readonly input: ReadStream;
  /**
   * Whether this process is in the foreground. If a process in the background reads the terminal or sets its mode, the
   * system stops it.
   */
  isInForeground(): boolean;
  onText(text: string): void;
  /** Called before Ctrl-Z stops this process. Processes outside of its process group must be stopped too. */
  onSuspend(): void;
  /** Called when this process continues. */
  onContinued(): void;
}

/**
 * A terminal in raw mode, in which each key arrives without Enter, while this process is in the foreground. In the
 * background, the terminal is not used.
 */
export class RawTerminal {
  readonly #options: RawTerminalOptions;
  readonly #onData = (text: string) => this.#options.onText(text);
  readonly #onContinued = () => this.#settle();
  readonly #onGone = () => this.close();
  #recheck: NodeJS.Timeout | undefined;
  #state: 'ours' | 'not ours' | 'closed' = 'not ours';

  constructor(options: RawTerminalOptions) {
    this.#options = options;
    options.input.setEncoding('utf8').on('end', this.#onGone).on('error', this.#onGone);
    process.on('SIGCONT', this.#onContinued);
    this.#settle();
  }

  /** Stops this process group as Ctrl-Z does, until the shell continues it. */
  suspend(): void {
    if (process.platform === 'win32') return;
    const { onSuspend, onContinued } = this.#options;
    this.#release();
    onSuspend();
    process.kill(0, 'SIGTSTP'); // Without a shell that could continue the process, the system does not stop it.
    onContinued();
    this.#settle();
  }

  /** Restores the terminal's mode. It must be called before the process ends, for any reason. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#release();
    this.#state = 'closed';
    clearInterval(this.#recheck);
    process.off('SIGCONT', this.#onContinued);
  }

  #settle(): void {
    if (this.#state === 'closed') return;
    if (this.#options.isInForeground()) this.#take();
    else this.#release();
  }

  #take(): void {
    const { input } = this.#options;
    clearInterval(this.#recheck);
    this.#recheck = undefined;
    // The mode is set twice: the stream does not notice that another program has changed it in the meantime.
    input.setRawMode(false).setRawMode(true);
    if (this.#state !== 'not ours') return;
    this.#state = 'ours';
    input.on('data', this.#onData).resume();
  }

  #release(): void {
    const { input, isInForeground } = this.#options;
    this.#recheck ??= setInterval(() => this.#settle(), RECHECK_MS).unref();
    if (this.#state !== 'ours') return;
    this.#state = 'not ours';
    input.off('data', this.#onData).pause();
    if (isInForeground()) input.setRawMode(false);
  }
}
