import type { ReadStream } from 'node:tty';

/** What each key does, in the order in which the help lists them. */
export interface KeyAction {
  readonly key: string;
  readonly does: string;
  run(): void;
}

const CONTROL_C = '\u0003';

/**
 * Listens for single keys on a terminal.
 *
 * @param input The terminal. It is put into raw mode, so that a key counts without Enter.
 * @param onInterrupt Called for CONTROL-C, which in raw mode is a key like any other.
 * @returns What gives the terminal back as it was. Call it before the process ends, however that comes.
 */
export function listenForKeys(
  input: ReadStream,
  actions: readonly KeyAction[],
  onInterrupt: () => void,
): () => void {
  const onData = (text: string) => {
    for (const key of text) {
      if (key === CONTROL_C) onInterrupt();
      else actions.find((action) => action.key === key.toLowerCase())?.run();
    }
  };
  input.setRawMode(true).setEncoding('utf8').on('data', onData);
  return function restore() {
    input.off('data', onData).setRawMode(false);
    input.pause();
  };
}
