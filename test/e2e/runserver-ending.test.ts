import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { freePort } from './_listening.ts';
import { AT_REST, answering, descendants, get, isAlive, type RunningSite, runserver } from './_runserver.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A module with a child, a timer and a handler; each notes what happened to it. */
function busyModule(text: string, handler: string): string {
  return `${answering(text)}
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
const note = (line: string) => appendFileSync('log', line + '\\n');
const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
note('child ' + child.pid);
setInterval(() => {}, 1_000);
process.on('exit', () => note('exit'));
${handler}
`;
}

const ASYNC = `
process.on('SIGTERM', async () => {
  note('begun');
  await new Promise((resolve) => setTimeout(resolve, 100));
  note('tidy');
});`;

const EXITING = `
process.on('SIGTERM', () => {
  note('begun');
  setTimeout(() => { note('tidy'); process.exit(0); }, 100);
});`;

const INTERRUPT = ASYNC.replace('SIGTERM', 'SIGINT');

function logOf(site: RunningSite): string[] {
  return readFileSync(path.join(site.root, 'log'), 'utf8').trimEnd().split('\n');
}

function childrenOf(site: RunningSite): number[] {
  return logOf(site)
    .filter((line) => line.startsWith('child '))
    .map((line) => Number(line.slice('child '.length)));
}

function save(site: RunningSite, source: string): void {
  writeFileSync(path.join(site.root, 'mysite/wsgi.ts'), source);
}

const WAYS: [name: string, args: string[]][] = [
  ['with reload', []],
  ['--noreload', ['--noreload']],
];

describe.each(WAYS)('%s: at the end', (_name, args) => {
  test.each([
    ['SIGINT', 130, ASYNC],
    ['SIGTERM', 143, EXITING],
    ['SIGTERM', 143, INTERRUPT],
  ] as const)('by %s the handlers run, and child processes end', async (signal, code, handler) => {
    const site = await runserver({ 'mysite/wsgi.ts': busyModule('ok', handler) }, args);
    await get(site.url);
    const [child] = childrenOf(site);
    const exit = await site.stop(signal);
    // Where the site's own process is ours, its handler may be the one that ends it.
    expect([code, 0]).toContain(exit.code);
    expect(logOf(site).slice(1)).toEqual(['begun', 'tidy', 'exit']);
    await expect.poll(() => isAlive(child!)).toBe(false);
  });

  test('a site without handlers ends at once, with its exit event', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': busyModule('ok', '') }, args);
    await get(site.url);
    expect(await site.stop('SIGTERM')).toEqual({ code: 143, signal: null });
    expect(logOf(site).slice(1)).toEqual(['exit']);
    await expect.poll(() => childrenOf(site).filter(isAlive)).toEqual([]);
  });

  test('a second signal ends the server although a handler is still running', async () => {
    const site = await runserver(
      {
        'mysite/wsgi.ts': busyModule(
          'ok',
          `process.on('SIGINT', async () => { note('begun'); await new Promise(() => {}); });`,
        ),
      },
      args,
    );
    await get(site.url);
    site.process.kill('SIGINT');
    await site.saw(/Waiting some seconds for the site/);
    expect((await site.stop('SIGINT')).code).toBe(130);
    await expect.poll(() => childrenOf(site).filter(isAlive)).toEqual([]);
  });
});

// Both wait for the time limit: at the same time.
describe.concurrent.each(WAYS)('%s: at the end', (_name, args) => {
  test('a handler that never ends is interrupted after a time limit, and a child that ignores SIGTERM is killed', async ({
    expect,
    onTestFinished,
  }) => {
    const stubborn = busyModule('ok', `process.on('SIGTERM', () => note('begun'));`).replace(
      "spawn('sleep', ['1000']",
      `spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1; done']`,
    );
    const site = await runserver({ 'mysite/wsgi.ts': stubborn }, args, undefined, undefined, {
      atEnd: onTestFinished,
    });
    await get(site.url);
    expect((await site.stop('SIGTERM')).code).toBe(143);
    expect(logOf(site).slice(1)).toEqual(['begun', 'exit']);
    await expect.poll(() => childrenOf(site).filter(isAlive)).toEqual([]);
  });
});

describe('a save', () => {
  test('runs the handlers of the old process, and ends its child processes', async () => {
    const site = await runserver({ 'mysite/wsgi.ts': busyModule('0', ASYNC) });
    expect((await get(site.url)).body).toBe('0');
    for (let n = 1; n <= 5; n++) {
      save(site, busyModule(String(n), ASYNC));
      expect((await get(site.url)).body).toBe(String(n));
    }
    await expect.poll(() => childrenOf(site).filter(isAlive).length).toBe(1);
    await expect.poll(() => logOf(site).filter((line) => line === 'exit').length).toBe(5);
    expect(logOf(site).filter((line) => line === 'tidy')).toHaveLength(5);
  });

  test('does not end a detached child process', async () => {
    const detached = busyModule('0', '').replace("stdio: 'ignore'", "stdio: 'ignore', detached: true");
    const site = await runserver({ 'mysite/wsgi.ts': detached });
    await get(site.url);
    const [child] = childrenOf(site);
    save(site, answering('1'));
    expect((await get(site.url)).body).toBe('1');
    await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
    expect(isAlive(child!)).toBe(true);
    process.kill(child!);
  });

  test.each([
    ['waits for it', `await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(0)));`],
    ['does not wait for it', `server.listen(port, '127.0.0.1');`],
    ['does not keep the process alive by it', `server.listen(port, '127.0.0.1').unref();`],
    ['has a handler', `server.listen(port, '127.0.0.1'); process.on('SIGTERM', () => void server.close());`],
    [
      'rejects',
      `await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(0)));`,
    ],
  ])('frees a port of the site for the new process: a module that %s', async (_how, listen) => {
    const port = await freePort();
    const source = (text: string) => `${answering(text)}
import { createServer } from 'node:http';
const port = ${port};
const server = createServer((request, response) => response.end('own ${text}'));
${listen}`;
    const site = await runserver({ 'mysite/wsgi.ts': source('0') });
    for (let n = 0; n < 8; n++) {
      if (n > 0) save(site, source(String(n)));
      expect((await get(site.url)).body).toBe(String(n));
      await expect
        .poll(async () => (await get(`http://127.0.0.1:${port}/`).catch(() => undefined))?.body)
        .toBe(`own ${n}`);
    }
    expect(site.output).not.toMatch(/EADDRINUSE/);
  });

  test('reports when another program uses the port', async () => {
    const stranger = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const { port } = stranger.address() as AddressInfo;
    const site = await runserver({
      'mysite/wsgi.ts': `${answering('ok')}
        import { createServer } from 'node:net';
        createServer().listen(${port}, '127.0.0.1');`,
    });
    expect((await get(site.url)).body).toBe('ok');
    await site.saw(/EADDRINUSE/);
    stranger.close();
  });

  test('with open streams, repeated, leaves few processes', async () => {
    const source = (n: number) => `
      export function application(environ, startResponse) {
        startResponse('200 OK', [['X-Number', '${n}']]);
        return environ.PATH_INFO === '/stream' ? endless() : [new TextEncoder().encode('${n}')];
      }
      async function* endless() {
        for (;;) {
          yield new Uint8Array(1);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }`;
    const site = await runserver({ 'mysite/wsgi.ts': source(0) });
    const ended: number[] = [];
    const requests: http.ClientRequest[] = [];
    for (let n = 0; n < 8; n++) {
      if (n > 0) save(site, source(n));
      expect((await get(site.url)).body).toBe(String(n));
      await new Promise<void>((resolve) => {
        const request = http.get(new URL('/stream', site.url), { agent: false }, (response) => {
          response
            .on('error', () => {})
            .on('close', () => ended.push(n))
            .resume();
          resolve();
        });
        requests.push(request.on('error', () => {}));
      });
      // Three that end, one that serves, one in advance, the shell. One more is being cut short.
      await expect.poll(() => descendants(site.process.pid!).length).toBeLessThanOrEqual(AT_REST + 3);
    }
    expect(ended).toEqual([...ended].sort((a, b) => a - b));
    await expect.poll(() => ended.slice(0, 4)).toEqual([0, 1, 2, 3]);
    for (const request of requests) request.destroy();
  });
});

test('the child processes of a process that died end too', async () => {
  const site = await runserver({
    'mysite/wsgi.ts': busyModule('ok', '').replace(
      'startResponse(',
      "if (environ.PATH_INFO === '/die') process.exit(1);\n  startResponse(",
    ),
  });
  await get(site.url);
  expect((await get(new URL('/die', site.url))).status).toBe(502);
  await expect.poll(() => childrenOf(site).filter(isAlive)).toEqual([]);
});

test('when the arbiter is killed, the handlers run and child processes end', async () => {
  const site = await runserver({ 'mysite/wsgi.ts': busyModule('ok', EXITING) });
  await get(site.url);
  const processes = [...descendants(site.process.pid!), ...childrenOf(site)];
  await site.stop('SIGKILL');
  await expect.poll(() => processes.filter(isAlive)).toEqual([]);
  expect(logOf(site).slice(1)).toEqual(['begun', 'tidy', 'exit']);
});
