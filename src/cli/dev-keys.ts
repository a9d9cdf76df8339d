import { type KeyAction, listenForKeys } from '../dev/keys.ts';
import { openUrl } from './open-url.ts';

export interface DevKeysOptions {
  readonly url: string;
  reload(): void;
  showUrls(): void;
  print(text: string): void;
  /** For `q`, which is done, and CONTROL-C, which is an interrupt. */
  quit(exitCode: number): void;
}

const INTERRUPTED = 130;
const CLEAR_SCREEN = '\u001b[2J\u001b[3J\u001b[H';

/** Listens for runserver's keys, where there is somebody to press them. Returns what gives the terminal back. */
export function listenForDevKeys(options: DevKeysOptions): () => void {
  const { stdin, stdout, env } = process;
  if (!stdin.isTTY || !stdout.isTTY || env.CI) return () => {};
  const { url, reload, showUrls, print, quit } = options;
  const actions: KeyAction[] = [
    { key: 'r', does: 'reload the site', run: reload },
    { key: 'o', does: 'open it in the browser', run: () => openUrl(url, print) },
    { key: 'u', does: 'show its URLs', run: showUrls },
    { key: 'c', does: 'clear the screen', run: () => print(CLEAR_SCREEN) },
    { key: 'q', does: 'quit', run: () => quit(0) },
    { key: 'h', does: 'show this help', run: () => print(help(actions)) },
  ];
  return listenForKeys(stdin, actions, () => quit(INTERRUPTED));
}

function help(actions: readonly KeyAction[]): string {
  return `${actions.map(({ key, does }) => `  ${key}  ${does}`).join('\n')}\n`;
}
