import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { RawClient, untilRefused } from '../servers/http/_http.ts';
import { Load } from './_load.ts';
import { isAlive } from './_runserver.ts';
import { requestInHand, runwsgi, version, Wsgi } from './_runwsgi.ts';

/** What waits for requests takes 30 s, by default. A machine where much else runs may need seconds to end processes. */
const AT_ONCE_MS = 9_000;

/** Waits for the end, after which nothing may be left of the server. */
async function endOf(site: Wsgi, processes: readonly number[]) {
  const exit = await site.exit;
  expect(processes.filter(isAlive)).toEqual([]);
  return exit;
}

test('TERM lets an open request be answered, and the server ends with 0', async () => {
  const site = await runwsgi(['-w', '2']);
  const processes = [site.pid, ...site.workers];
  const client = await requestInHand(site);
  site.signal('SIGTERM');
  await untilRefused(site.port);
  client.send('cd');
  const response = await client.untilClosed();
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(response).toMatch(/\r\nConnection: close\r\n/i);
  expect(await endOf(site, processes)).toEqual({ code: 0, signal: null });
  expect(site.output).toMatch(/read 4 bytes/);
});

test('TERM to all processes lets an open request be answered too', async () => {
  const site = await runwsgi(['-w', '2']);
  const processes = [site.pid, ...site.workers];
  const client = await requestInHand(site);
  for (const worker of site.workers) process.kill(worker, 'SIGTERM');
  site.signal('SIGTERM');
  await untilRefused(site.port);
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await endOf(site, processes)).toEqual({ code: 0, signal: null });
  expect(site.output).not.toMatch(/died/);
});

for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
  test(`${signal} ends the server at once, with an open request`, async () => {
    const site = await runwsgi(['-w', '2']);
    const processes = [site.pid, ...site.workers];
    const client = await requestInHand(site);
    const startedAt = Date.now();
    site.signal(signal);
    const code = 128 + constants.signals[signal];
    expect(await endOf(site, processes)).toEqual({ code, signal: null });
    expect(Date.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(await client.untilClosed()).toBe('');
  });
}

test('QUIT while TERM waits for a request ends that request, and the hook workerInt runs', async () => {
  const hook = 'export default { workerInt: ({ signal }) => console.log("workerInt by " + signal) };';
  const site = await runwsgi([], { files: { 'wsgi.config.ts': hook } });
  const processes = [site.pid, ...site.workers];
  const client = await requestInHand(site);
  site.signal('SIGTERM');
  await untilRefused(site.port);
  const startedAt = Date.now();
  site.signal('SIGQUIT');
  expect(await endOf(site, processes)).toEqual({ code: 131, signal: null });
  expect(Date.now() - startedAt).toBeLessThan(AT_ONCE_MS);
  expect(await client.untilClosed()).toBe('');
  expect(site.output).toMatch(/^workerInt by SIGQUIT$/m);
});

test('a second TERM has no effect', async () => {
  const site = await runwsgi();
  const client = await requestInHand(site);
  site.signal('SIGTERM');
  await untilRefused(site.port);
  site.signal('SIGTERM');
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await site.exit).toEqual({ code: 0, signal: null });
});

test('TERM while HUP loads a generation that never finishes ends the server', async () => {
  const site = await runwsgi();
  const [worker] = site.workers;
  site.write({ 'mysite/version.ts': version('2', 'console.log("loading");\nawait new Promise(() => {});') });
  site.signal('SIGHUP');
  await site.saw(/^loading$/m);
  const processes = [site.pid, ...site.workers];
  expect(processes).toContain(worker);
  expect(processes).toHaveLength(3);
  const client = await requestInHand(site);
  site.signal('SIGTERM');
  await untilRefused(site.port);
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await endOf(site, processes)).toEqual({ code: 0, signal: null });
  expect(site.output).not.toMatch(/The reload failed|died/);
});

test('TERM while USR2 starts another server ends both servers', async () => {
  const site = await runwsgi();
  site.write({ 'mysite/version.ts': version('2', "console.log('loading');\nawait new Promise(() => {});") });
  site.signal('SIGUSR2');
  await site.saw(/^loading$/m);
  const successor = Number([...site.output.matchAll(/\[(\d+)\] \[INFO\] startproject/g)][1]![1]);
  onTestFinished(() => {
    if (isAlive(successor)) process.kill(successor, 'SIGKILL');
  });
  const processes = [site.pid, ...site.workers, successor];
  site.signal('SIGTERM');
  expect((await site.exit).code).toBe(0);
  await expect.poll(() => processes.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  expect(site.output).not.toMatch(/goes on|Process \d+ serves/);
});

test('TERM during the first load of the site ends the server', async () => {
  const site = new Wsgi(['-w', '2'], {
    files: { 'mysite/version.ts': version('1', 'console.log("loading");\nfor (;;);') },
  });
  await site.saw(/^loading$/m);
  const processes = [site.pid, ...site.workers];
  site.signal('SIGTERM');
  expect(await endOf(site, processes)).toEqual({ code: 0, signal: null });
});

test('TERM under load answers each accepted request', async () => {
  const site = await runwsgi(['-w', '2']);
  const isRefused = (failure: string) => /on a new connection: ECONNREFUSED/.test(failure);
  const load = new Load({ port: site.port }, { keepAlive: 16, oneRequest: 4, ignores: isRefused });
  await load.more(500);
  site.signal('SIGTERM');
  expect(await site.exit).toEqual({ code: 0, signal: null });
  expect((await load.end()).failures).toEqual([]);
});

test('a request that takes longer than --graceful-timeout is ended, and logged', async () => {
  const site = await runwsgi(['--graceful-timeout', '1']);
  const processes = [site.pid, ...site.workers];
  const client = await RawClient.connect(site.port);
  client.send('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until('more');
  const startedAt = Date.now();
  site.signal('SIGTERM');
  expect(await endOf(site, processes)).toEqual({ code: 0, signal: null });
  expect(Date.now() - startedAt).toBeGreaterThan(900);
  expect(site.output).toMatch(/GET \/endless/);
});

test('a server whose arbiter was killed answers its open requests, and its workers end', async () => {
  const site = await runwsgi(['-w', '2']);
  const workers = site.workers;
  const client = await requestInHand(site);
  site.signal('SIGKILL');
  await untilRefused(site.port);
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  await expect.poll(() => workers.filter(isAlive)).toEqual([]);
});

test('a unix socket is served, and its file is removed with the server', async () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const site = await runwsgi(['-w', '2'], { bind: ['unix:site.sock', '127.0.0.1:0'] });
    const load = new Load({ socketPath: `${site.root}/site.sock` }, { oneRequest: 2, keepAlive: 2 });
    await load.more(50);
    if (signal === 'SIGHUP') expect(await site.reload()).toMatch(/Reloaded/);
    expect((await load.end()).failures).toEqual([]);
    expect([...load.bodies.keys()].every((body) => body.startsWith('1 '))).toBe(true);
    await site.stop(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    expect(readdirSync(site.root)).not.toContain('site.sock');
  }
});
