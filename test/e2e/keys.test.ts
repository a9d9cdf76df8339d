import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { kill } from './_program.ts';
import { descendants, isAlive, SITE } from './_runserver.ts';

const RUNSERVER = fileURLToPath(new URL('../../bin/runserver.js', import.meta.url));

/** runserver on a terminal: `script` of util-linux gives it one. Afterwards the shell says how the terminal was left. */
async function onTerminal() {
  const root = temporaryFolder(SITE);
  const line = `'${process.execPath}' '${RUNSERVER}' 0; echo "exit code $?"; stty -a`;
  const { CI: _, NODE_EXTRA_CA_CERTS: __, ...env } = process.env;
  const child = spawn('script', ['-qfec', line, '/dev/null'], {
    cwd: root,
    env: { ...env, XDG_CACHE_HOME: root },
  });
  onTestFinished(async () => {
    // runserver too: it would go on for a moment without its terminal, and write into the folder that is removed next.
    const processes = [...descendants(child.pid!), child.pid!];
    for (const pid of processes) kill(pid);
    await vi.waitUntil(() => !processes.some(isAlive), { timeout: 25_000 });
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const saw = async (pattern: RegExp) => {
    while (!pattern.test(output)) await once(child.stdout, 'data');
  };
  await saw(/Development server at/);
  return { press: (key: string) => child.stdin.write(key), saw, exit: once(child, 'exit') };
}

describe.skipIf(!existsSync('/usr/bin/script'))('the key', () => {
  test('h lists all keys', async () => {
    const { press, saw } = await onTerminal();
    press('h');
    await saw(
      /r {2}reload the site\s+o {2}open it in the browser\s+m {2}show a QR code[^\n]*\s+u {2}show its URLs\s+c {2}clear the screen\s+q {2}quit/,
    );
  });

  test('m shows a QR code of an address on the network, or explains why there is none', async () => {
    const { press, saw } = await onTerminal();
    press('m');
    await saw(/Only this machine can open the site\. For others, start: .*runserver.* 0:\d+/);
  });

  test('r reloads the site', async () => {
    const { press, saw } = await onTerminal();
    press('r');
    await saw(/Reloaded in \d+ ms/);
  });

  test('u shows the URLs of the site', async () => {
    const { press, saw } = await onTerminal();
    press('r');
    await saw(/Reloaded/);
    press('u');
    await saw(/^\/ {2}mysite\/urls\.ts:3\r$/m);
  });

  test('q quits with 0 and restores the terminal', async () => {
    const { press, saw, exit } = await onTerminal();
    press('q');
    await saw(/exit code 0[\s\S]* icanon[\s\S]* echo /);
    await exit;
  });

  test('Ctrl-C quits with 130 and restores the terminal', async () => {
    const { press, saw, exit } = await onTerminal();
    press('\u0003');
    await saw(/exit code 130[\s\S]* icanon[\s\S]* echo /);
    await exit;
  });
});
