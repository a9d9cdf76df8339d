import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a page in the user's browser. If there is none, it does not fail: `onFailure` gets a line. */
export function openUrl(url: string, onFailure: (line: string) => void): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  const fail = () => onFailure(`Cannot open a browser (${command}). Open this address: ${url}\n`);
  child.on('error', fail);
  // Many machines have xdg-open but no browser. It then ends with 3.
  child.on('exit', (code) => {
    if (code) fail();
  });
  child.unref();
}
