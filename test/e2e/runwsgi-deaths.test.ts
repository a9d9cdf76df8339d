import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { type Files, temporaryFolder } from '../_temp-folder.ts';
import { RawClient } from '../servers/http/_http.ts';
import { Load } from './_load.ts';
import { Command, get, isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, placeOf, runwsgi, version, Wsgi } from './_runwsgi.ts';

/** Waits for the block that the log has about a dead worker, up to its last line. */
async function certificate(site: Wsgi): Promise<string> {
  const [block] = await site.saw(/Worker \d+ died:(?:.*\n)*?.*It had answered .*\n/);
  return block;
}

async function send(site: Wsgi, path: string): Promise<RawClient> {
  const client = await RawClient.connect(site.port);
  return client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
}

test('a killed worker loses only its open requests, and another worker replaces it', async () => {
  const site = await runwsgi(['-w', '2']);
  const [killed, other] = site.workers;
  const load = new Load({ port: site.port }, { keepAlive: 8 });
  await load.more(200);
  process.kill(killed!, 'SIGKILL');
  const block = await certificate(site);
  expect(block).toMatch(new RegExp(`Worker ${killed} died: SIGKILL ended it`));
  expect(block).toMatch(/Memory: \d+ MiB resident; heap \d+ of \d+ MiB\./);
  await expect.poll(() => site.workers.filter((pid) => pid !== killed)).toHaveLength(2);
  await load.more(200);
  const { failures } = await load.end();
  expect(failures.length).toBeLessThanOrEqual(8); // each client has one request at a time
  for (const failure of failures) expect(failure).toMatch(/ECONNRESET|EPIPE/);
  expect(isAlive(other!)).toBe(true);
});

test('process.exit() in a request ends only that worker, and the log has the place', async () => {
  const site = await runwsgi();
  const client = await send(site, '/exit?by=mistake');
  expect(await client.untilClosed()).toBe('');
  const block = await certificate(site);
  expect(block).toMatch(/died: its code ended it with exit code 7\./);
  expect(block).toContain(placeOf('process.exit(7)'));
  expect(block).toMatch(/Open requests: 1\n.*GET \/exit\?by=mistake {2}for \d+\.\d s {2}from 127\.0\.0\.1\n/);
  expect(block).toMatch(/Memory: \d+ MiB resident/);
  expect((await site.ask()).version).toBe('1');
});

test.runIf(process.platform === 'linux')(
  'a worker without free file descriptors continues, and the log reports it',
  async () => {
    const site = await runwsgi();
    const [worker] = site.workers;
    const limit = (count: number) => execFileSync('prlimit', [`--nofile=${count}:`, `--pid=${worker}`]);
    const client = await send(site, '/');
    await client.until('\r\n\r\n1 ');
    limit(10);
    await site.saw(/No file descriptor is left \(EMFILE\)/);
    client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await client.untilClosed()).toMatch(new RegExp(`\r\n\r\n1 ${worker}$`));
    limit(1_000);
    expect((await site.ask()).pid).toBe(worker);
  },
);

test('an uncaught error ends the worker, and the log has its TypeScript positions', async () => {
  const site = await runwsgi();
  const client = await send(site, '/stray');
  expect(await client.untilClosed()).toBe('');
  const block = await certificate(site);
  expect(block).toContain(placeOf('throw new Error(reason)'));
  expect(block).toMatch(/Open requests: 1\n.*GET \/stray/);
  expect(site.output).toMatch(/a stray error/);
  expect((await site.ask()).version).toBe('1');
});

test('an unhandled rejection ends the worker too', async () => {
  const site = await runwsgi();
  await send(site, '/reject');
  const block = await certificate(site);
  expect(block).toContain(placeOf('Promise.reject(new Error'));
  expect(site.output).toMatch(/a stray rejection/);
  expect((await site.ask()).version).toBe('1');
});

test('a worker in an endless loop is killed after --timeout, and the log has the loop and the request', async () => {
  const site = await runwsgi(['-w', '2', '--timeout', '2']);
  const client = await send(site, '/loop?with=this');
  await site.saw(/^looping$/m); // what this worker has accepted by now is lost
  const load = new Load({ port: site.port }, { oneRequest: 2 });
  expect(await client.untilClosed()).toBe('');
  const block = await certificate(site);
  expect(block).toMatch(/died: it did not answer for 2 s \(--timeout\)\./);
  expect(block).toMatch(/at endlessLoop/);
  expect(block).toContain(placeOf('for (;;) kept.length'));
  expect(block).toMatch(/Open requests: 1\n.*GET \/loop\?with=this {2}for \d/);
  await load.more(20);
  expect((await load.end()).failures).toEqual([]);
});

test('a worker whose memory is full is replaced, and the log reports it', async () => {
  const site = await runwsgi([], { nodeFlags: ['--max-old-space-size=60'] });
  const client = await send(site, '/fill');
  expect(await client.untilClosed()).toBe('');
  const block = await certificate(site);
  expect(block).toMatch(/died: it was aborted, as V8 does when its heap is full\./);
  expect((await site.ask()).version).toBe('1');
});

test('a site that loads without end ends the start after --boot-timeout, with exit code 3 and the stack', async () => {
  const site = new Wsgi(['--boot-timeout', '2', '--timeout', '30'], {
    files: { 'mysite/version.ts': version('1', 'function endless() {\n  for (;;);\n}\nendless();') },
  });
  expect(await site.exit).toEqual({ code: 3, signal: null });
  expect(site.output).toMatch(/it was not ready after 2 s \(--boot-timeout\)/);
  expect(site.output).toMatch(/at endless .*mysite\/version\.ts:3:/);
});

test('a reload that never finishes ends after --boot-timeout, and the previous code continues', async () => {
  const site = await runwsgi(['--boot-timeout', '2']);
  site.write({ 'mysite/version.ts': version('2', 'for (;;);') });
  const log = await site.reload();
  expect(log).toMatch(/it was not ready after 2 s \(--boot-timeout\)[\s\S]*mysite\/version\.ts:2:/);
  expect((await site.ask()).version).toBe('1');
});

test('a long load does not exceed --timeout, which is for workers that serve', async () => {
  // Blocks the process as a loop does, but takes no processor from the other tests.
  const blocking = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);';
  const site = await runwsgi(['--timeout', '1'], { files: { 'mysite/version.ts': version('1', blocking) } });
  expect((await site.ask()).version).toBe('1');
  expect(site.output).not.toMatch(/died/);
});

test('a worker that ends during the first load ends the server with exit code 3', async () => {
  const site = new Wsgi(['-w', '2'], { files: { 'mysite/version.ts': version('1', 'process.exit(0);') } });
  expect(await site.exit).toEqual({ code: 3, signal: null });
  expect(site.output).toMatch(/its code ended it with exit code 0[\s\S]*mysite\/version\.ts:2:/);
});

test("an application that does not load ends the server with exit code 4 and runserver's text", async () => {
  const broken: Files[] = [
    { 'mysite/version.ts': "export const VERSION: string = '1'\nthrow new TypeError('no database');\n" },
    { 'mysite/version.ts': 'export const VERSION = ;\n' },
    { 'mysite/wsgi.ts': "import { nothing } from './version.ts';\nexport const application = nothing;\n" },
    { 'mysite/settings.ts': 'export const SECRET_KEY = 7;\n' },
  ];
  for (const files of broken) {
    const site = new Wsgi(['-w', '2'], { files });
    const cwd = temporaryFolder({ ...PRODUCTION_SITE, ...files });
    const runserver = new Command('runserver.js', ['0'], { cwd });
    onTestFinished(async () => void (await runserver.stop('SIGKILL')));
    expect(await site.exit).toEqual({ code: 4, signal: null });
    const text = site.output.replaceAll(/^\[.*\n/gm, '');
    expect(text).not.toBe('');
    await expect.poll(() => runserver.output).toContain(text);
  }
});

test('a site that no longer loads is loaded again after increasing delays, and serves when it is fixed', async () => {
  const site = await runwsgi();
  site.write({ 'mysite/version.ts': version('2', "console.log('trial');\nthrow new Error('it is away');") });
  const startedAt = Date.now();
  process.kill(site.workers[0]!, 'SIGKILL');
  await site.saw(/(?:trial[\s\S]*){3}/);
  expect(Date.now() - startedAt).toBeGreaterThan(300); // 100 ms, and then 200
  expect(site.output).toMatch(/mysite\/version\.ts:3.* it is away/);
  const waiting = site.ask();
  site.write({ 'mysite/version.ts': version('3') });
  expect((await waiting).version).toBe('3');
});

test('a worker that ends directly after it is ready does not end the server', async () => {
  const site = await runwsgi([], {
    files: { 'mysite/version.ts': version('1', 'setTimeout(() => process.exit(3), 300);') },
  });
  await site.saw(/(?:died: its code ended it with exit code 3[\s\S]*){2}/);
  site.write({ 'mysite/version.ts': version('2') });
  await expect
    .poll(() =>
      get(site.url).then(
        ({ body }) => body,
        () => '',
      ),
    )
    .toMatch(/^2 /);
});

test('a worker that does not end within --graceful-timeout is killed, and the log has the place', async () => {
  const site = await runwsgi(['--graceful-timeout', '1', '--timeout', '30']);
  await send(site, '/loop?as=it-ends');
  await site.saw(/^looping$/m);
  site.signal('SIGTERM');
  const block = await certificate(site);
  expect(block).toMatch(/died: it had not ended in time, and was killed\./);
  expect(block).toContain(placeOf('for (;;) kept.length'));
  expect(block).toMatch(/Open requests: 1\n.*GET \/loop/);
  await site.exit;
});
