import { onSignals } from '../../arbiter/actions.ts';
import type { StopSignal } from '../../worker/stop.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { hasTerminal } from './foreground.ts';

/** The signals that end a command. */
const ENDING: Readonly<Record<StopSignal, true>> = {
  SIGHUP: true,
  SIGINT: true,
  SIGQUIT: true,
  SIGTERM: true,
};

/** After this time, the user is told what is still being waited for. */
const LONG_MS = 1_000;

/** One CONTROL-C may arrive twice: from the terminal, and from npm, which forwards it. */
const SAME_MS = 300;

interface QuitOptions {
  /** Resolves when everything has ended. */
  close(signal: StopSignal): Promise<void>;
  /** Ends everything at once that has not ended yet. */
  kill(): void;
  onNotice(text: string): void;
  readonly exit?: (code: number) => void;
}

export type Quit = (signal: StopSignal, exitCode?: number) => void;

/** Makes a function that ends the command gracefully, and at once when it is called again. */
export function quitter({ close, kill, onNotice, exit = process.exit }: QuitOptions): Quit {
  let since: number | undefined;
  return function quit(signal, exitCode = exitCodeOf(signal)) {
    if (since === undefined) {
      since = Date.now();
      setTimeout(() => onNotice(waiting(signal)), LONG_MS).unref();
      // Node may not wait for what is still open, and would exit by itself, with 0.
      const keepAlive = setInterval(() => {}, LONG_MS);
      void close(signal).finally(() => {
        clearInterval(keepAlive);
        exit(exitCode);
      });
    } else if (Date.now() - since > SAME_MS) {
      kill();
      exit(exitCode);
    }
  };
}

/** @returns the handlers. */
export function quitOnSignals(quit: Quit): readonly (() => void)[] {
  // Without a terminal, the command was started with `nohup`, or in a way that expects the same behaviour.
  const isAttached = hasTerminal();
  return onSignals(ENDING, (_ends, signal) => {
    if (signal !== 'SIGHUP' || isAttached) quit(signal as StopSignal);
  });
}

function waiting(signal: StopSignal): string {
  return `Waiting some seconds for the site's handlers of ${signal} and its child processes. To end at once, press CONTROL-C.`;
}
