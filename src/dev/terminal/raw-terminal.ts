import type { ReadStream } from 'node:tty';

/** How soon a command that was started in the background sees that it is in the foreground. */
const RECHECK_MS = 500;

interface RawTerminalOptions {
  readonly input: ReadStream;
  /** Whether the terminal is ours. In the background it is another program's: to read it or to set its mode would stop us. */
  isInForeground(): boolean;
  onText(text: string): void;
  /** CONTROL-Z stops us now: what is not in our process group has to be stopped as well. */
  onSuspend(): void;
  /** We go on. */
  onContinued(): void;
}

/**
 * A terminal in raw mode, where each key comes without Enter, while we are in the foreground. In the background it is left
 * alone.
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

  /** Stops us and all that was started with us, as CONTROL-Z does, until the shell lets us go on. */
  suspend(): void {
    if (process.platform === 'win32') return;
    const { onSuspend, onContinued } = this.#options;
    this.#release();
    onSuspend();
    process.kill(0, 'SIGTSTP'); // Where nobody could let us go on, the system does not stop us.
    onContinued();
    this.#settle();
  }

  /** Gives the terminal back as it was. Call it before the process ends, however that comes. */
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
    // The stream does not know that another program has set its own mode meanwhile.
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
