import kleur from 'kleur';
import { type KeyAction, pressKeys } from '../../dev/terminal/keys.ts';
import { RawTerminal } from '../../dev/terminal/raw-terminal.ts';
import { typedCommand } from '../typed-command.ts';
import { isInForeground } from './foreground.ts';
import { openUrl } from './open-url.ts';
import type { Quit } from './quit.ts';
import type { ServedUrls } from './served-urls.ts';

interface DevKeysOptions {
  readonly urls: ServedUrls;
  reload(): void;
  showUrls(): void;
  print(text: string): void;
  /** For CONTROL-C and CONTROL-\\, which send signals, and for `q`. */
  readonly quit: Quit;
  /** Stops the workers while CONTROL-Z stops this process, since they are not in our process group. */
  freeze(): void;
  thaw(): void;
}

const CLEAR_SCREEN = '\u001b[2J\u001b[3J\u001b[H';

/** Listens for runserver's keys, if it runs in a terminal. Returns a function that restores the terminal. */
export function listenForDevKeys(options: DevKeysOptions): (() => void) | undefined {
  const { stdin, stdout, env } = process;
  if (!stdin.isTTY || !stdout.isTTY || env.CI) return undefined;
  const { urls, reload, showUrls, print, quit } = options;
  const actions: KeyAction[] = [
    { key: 'r', does: 'reload the site', run: reload },
    { key: 'o', does: 'open it in the browser', run: () => openUrl(urls.local, print) },
    { key: 'm', does: 'show a QR code of it, for a phone', run: () => void showCode(urls, print) },
    { key: 'u', does: 'show its URLs', run: showUrls },
    { key: 'c', does: 'clear the screen', run: () => print(CLEAR_SCREEN) },
    { key: 'q', does: 'quit', run: () => quit('SIGTERM', 0) },
    { key: 'h', does: 'show this help', run: () => print(help(actions)) },
  ];
  const terminal = new RawTerminal({
    input: stdin,
    isInForeground,
    onSuspend: options.freeze,
    onContinued: options.thaw,
    onText: (text) =>
      pressKeys(text, actions, {
        interrupt: () => quit('SIGINT'),
        quit: () => quit('SIGQUIT'),
        suspend: () => terminal.suspend(),
        newLine: () => print('\n'),
      }),
  });
  return () => terminal.close();
}

async function showCode({ local, network: [url] }: ServedUrls, print: (text: string) => void): Promise<void> {
  if (url === undefined) return print(onlyHere(local));
  const { renderUnicodeCompact } = await import('uqr');
  // Black on white if there are colours, so that it does not depend on the terminal's background.
  const code = renderUnicodeCompact(url, { border: 2, invert: kleur.enabled });
  const lines = code.split('\n').map((line) => (kleur.enabled ? kleur.bgWhite().black(line) : line));
  print(`${lines.join('\n')}\n${url}\n`);
}

function onlyHere(local: string): string {
  const start = typedCommand('runserver', [`0:${new URL(local).port}`]);
  return `Only this machine can open the site. For others, start: ${start}\n`;
}

function help(actions: readonly KeyAction[]): string {
  return `${actions.map(({ key, does }) => `  ${key}  ${does}`).join('\n')}\n`;
}
