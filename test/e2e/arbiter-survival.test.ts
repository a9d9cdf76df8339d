import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { descendants, get, isAlive, type RunningSite, runserver, SITE } from './_runserver.ts';
import { HAS_SHELL, Shell } from './_shell.ts';

const RUNSERVER = fileURLToPath(new URL('../../bin/runserver.js', import.meta.url));
const HOME = `path('', () => new Response('home'))`;
const views = (code: string, ...more: readonly string[]) => ({
  'mysite/urls.ts': `import fs from 'node:fs';
    import { path } from 'startproject/urls';
    ${code}
    export const urlpatterns = [${[HOME, ...more].join(', ')}];`,
});

/** Writes these bytes into the channel between the worker and its parent, past all that is meant for that. */
const INTRUDE = `function intrude(bytes) {
  for (let fd = 3; fd < 64; fd++) {
    try { if (fs.fstatSync(fd).isSocket()) fs.writeSync(fd, bytes); } catch {}
  }
}`;

/**
 * The home page. A connection that was sent to a worker whose messages cannot be relied on is closed with it: nobody knows
 * whether the request was begun, so it is not sent to another worker. The client may send it again, and is answered then.
 */
async function home(site: RunningSite): Promise<string> {
  const first = await get(site.url).catch((error: NodeJS.ErrnoException) => error);
  if (first instanceof Error) expect(first.code).toBe('ECONNRESET');
  return (first instanceof Error ? await get(site.url) : first).body;
}

describe('a site that writes to the channel to its parent process', () => {
  test.each([
    ['a text that is not a message', 'garbage\n'],
    ['half a message', '{"type":'],
    ['a message without a seal', '{"type":"ready"}\nnull\n[]\n'],
    ['a message of Node’s own', '{"cmd":"NODE_HANDLE","type":"net.Socket"}\n'],
    ['bytes that are not text', '\u0000\u00ff\u00fe\n'],
  ])('still answers after %s', async (_what, bytes) => {
    const intruding = `path('intrude/', () => { intrude(Buffer.from(${JSON.stringify(bytes)}, 'latin1')); return new Response('done'); })`;
    const site = await runserver(views(INTRUDE, intruding));
    for (let round = 0; round < 3; round += 1) {
      await get(new URL('/intrude/', site.url)).catch(() => {});
      expect(await home(site)).toBe('home');
    }
    writeFiles(site.root, views('', `path('new/', () => new Response('new'))`));
    expect((await get(new URL('/new/', site.url))).body).toBe('new');
    expect((await site.stop('SIGINT')).code).toBe(130);
  });

  test('while it loads can be fixed by the next save', async () => {
    const site = await runserver(views(`${INTRUDE}\nintrude('garbage\\n');`));
    await get(site.url).catch(() => {});
    writeFiles(site.root, views(''));
    expect((await get(site.url)).body).toBe('home');
  });
});

test('an error with a very long message is logged up to a limit', async () => {
  const site = await runserver(views(`throw new Error('long '.repeat(10_000_000));`));
  expect((await get(site.url)).status).toBe(500);
  await site.saw(/long long/);
  expect(site.output.length).toBeLessThan(1_000_000);
});

test('clients that send arbitrary data do not delay others', async () => {
  const site = await runserver(views(''));
  const port = Number(new URL(site.url).port);
  const heads = [
    '\r\n'.repeat(20_000),
    '\u0000'.repeat(60_000),
    'GET /__startproject__/live',
    `GET /__startproject__/live HTTP/1.1\r\n${'a:'.repeat(30_000)}`,
    `GET /__startproject__/live HTTP/1.1\r\norigin:${'\t'.repeat(60_000)}\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost:${' '.repeat(50_000)}x\r\n\r\n`,
  ];
  for (const head of heads) {
    const client = net.connect(port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => void client.destroy());
    await new Promise<void>((resolve) => client.write(head, 'latin1', () => resolve()));
  }
  expect((await get(site.url)).body).toBe('home');
  expect((await site.stop('SIGINT')).code).toBe(130);
});

test('connections beyond the limit of open files are answered after others have closed', async () => {
  const root = temporaryFolder({ ...SITE, ...views('') });
  const few = ['-c', 'ulimit -n 48; exec "$0" "$@"', process.execPath, RUNSERVER, '0'];
  const child = spawn('sh', few, { cwd: root, env: { ...process.env, XDG_CACHE_HOME: `${root}/.cache` } });
  onTestFinished(() => {
    for (const pid of [...descendants(child.pid!), child.pid!])
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const url = () => /Development server at (\S+)/.exec(output)?.[1];
  while (url() === undefined) await once(child.stdout, 'data');
  expect((await get(url()!)).body).toBe('home');
  const clients = Array.from({ length: 80 }, () =>
    net.connect(Number(new URL(url()!).port), '127.0.0.1').on('error', () => {}),
  );
  await Promise.all(clients.map((client) => client.connecting && once(client, 'connect').catch(() => {})));
  for (const client of clients) client.destroy();
  await vi.waitFor(async () => expect((await get(url()!)).body).toBe('home'), 25_000);
});

test('a program that creates folders without end does not delay requests', async () => {
  const site = await runserver({ ...views(''), 'templates/a.html': 'a' });
  expect((await get(site.url)).body).toBe('home');
  const maker = spawn(
    process.execPath,
    [
      '-e',
      `const fs = require('fs');
      let at = 'templates';
      let made = 0;
      for (let i = 0; ; i++) {
        try { fs.mkdirSync(at += '/d'); if (++made === 1_000) fs.writeSync(1, 'many'); } catch { at = 'templates/' + i; }
      }`,
    ],
    { cwd: site.root, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  onTestFinished(() => {
    maker.kill('SIGKILL');
    // Node removes a tree by a function that calls itself, which is too deep here for Node 22.
    execFileSync('rm', ['-rf', path.join(site.root, 'templates')]);
  });
  await once(maker.stdout!, 'data');
  for (let round = 0; round < 5; round += 1) expect((await get(site.url)).body).toBe('home');
  maker.kill('SIGKILL');
  await once(maker, 'exit');
  expect((await site.stop('SIGINT')).code).toBe(130);
  // It has a core of the machine to itself meanwhile, and a deep tree takes a while to remove.
}, 120_000);

describe.skipIf(!HAS_SHELL)('on a terminal', () => {
  test('a site that prints without end can be stopped by a key', async () => {
    const shell = await Shell.open(views(`setTimeout(() => { for (;;) console.log('on and on'); }, 500);`));
    await shell.runserver();
    await shell.saw(/on and on/);
    shell.type('q');
    await shell.saw(/ready> /);
    shell.type('echo code $?\r');
    await shell.saw(/code 0/);
  });

  test('a site is suspended with its server and its child processes, and continues with them', async () => {
    const shell = await Shell.open(
      views(`import { spawn } from 'node:child_process'; spawn('sleep', ['1000'], { stdio: 'ignore' });`),
    );
    await get(await shell.runserver());
    const states = () =>
      descendants(shell.pid)
        .filter((pid) => /boot\.cjs|^sleep/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))
        .map((pid) => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1]);
    expect(states().length).toBeGreaterThanOrEqual(2);
    shell.type('\u001a');
    await shell.saw(/Stopped/);
    await expect.poll(() => new Set(states())).toEqual(new Set(['T']));
    shell.type('fg\r');
    await expect.poll(() => states()).not.toContain('T');
  });
});
