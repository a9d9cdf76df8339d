import { renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Load } from './_load.ts';
import { run } from './_program.ts';
import { isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, requestInHand, runwsgi, version } from './_runwsgi.ts';

const BIN = fileURLToPath(new URL('../../bin/runwsgi.js', import.meta.url));

/** At the top level of a module: waits until a test writes the file `end`. */
const LOADING_UNTIL_END = `
import { existsSync } from 'node:fs';
console.log('loading');
while (!existsSync('end')) await new Promise((resolve) => setTimeout(resolve, 20));`;

const BROKEN = { 'mysite/version.ts': version('2', "throw new Error('the database is away');") };

test('HUP loads new code without losing a request under load', async () => {
  const site = await runwsgi(['-w', '2']);
  const load = new Load({ port: site.port }, { keepAlive: 16, oneRequest: 8 });
  const first = site.workers;
  for (const number of ['2', '3', '4']) {
    await load.more(300);
    site.write({ 'mysite/version.ts': version(number) });
    expect(await site.reload()).toMatch(/Reloaded/);
    expect((await site.ask()).version).toBe(number);
  }
  await load.more(300);
  expect((await load.end()).failures).toEqual([]);
  const versions = new Set([...load.bodies.keys()].map((body) => body.split(' ')[0]));
  expect([...versions].sort()).toEqual(['1', '2', '3', '4']);
  await expect.poll(() => first.filter(isAlive)).toEqual([]);
  await site.hasWorkers(2);
});

test('an open request is answered by its old code, while new code serves', async () => {
  const site = await runwsgi();
  const client = await requestInHand(site);
  site.write({ 'mysite/version.ts': version('2') });
  site.signal('SIGHUP');
  await expect.poll(async () => (await site.ask()).version).toBe('2');
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/\r\n\r\n1 \d+$/);
  await site.saw(/Reloaded\./);
});

test('HUP with code that does not load keeps the old workers, and logs the reason', async () => {
  const site = await runwsgi(['-w', '2']);
  const { workers } = site;
  const load = new Load({ port: site.port }, { keepAlive: 4, oneRequest: 4 });
  site.write(BROKEN);
  const log = await site.reload();
  expect(log).toMatch(/The reload failed, and the previous code continues to serve\./);
  expect(log).toMatch(/mysite\/version\.ts:2.* the database is away/);
  await load.more(100);
  expect((await load.end()).failures).toEqual([]);
  expect(await site.hasWorkers(2)).toEqual(workers);
  site.write({ 'mysite/version.ts': version('3') });
  expect(await site.reload()).toMatch(/Reloaded/);
  expect((await site.ask()).version).toBe('3');
});

test('HUP with an invalid configuration keeps the old one, and logs the reason', async () => {
  const site = await runwsgi();
  const { workers } = site;
  const config = (text: string) => ({ 'wsgi.config.ts': `export default {\n  ${text}\n};\n` });
  for (const [text, reason] of [
    ['workers: 2, time0ut: 3', /time0ut/],
    ['workers: two', /wsgi\.config\.ts:2.* two is not defined/],
    ["workers: 2, errorLog: 'missing/error.log'", /missing\/error\.log/],
  ] as const) {
    site.write(config(text));
    const log = await site.reload();
    expect(log).toMatch(/The reload failed, and the previous code continues to serve\./);
    expect(log).toMatch(reason);
    expect(await site.hasWorkers(1)).toEqual(workers);
    expect((await site.ask()).version).toBe('1');
  }
  site.write(config('workers: 2'));
  expect(await site.reload()).toMatch(/Reloaded/);
  await site.hasWorkers(2);
});

test('HUP with a worker that exits during its load keeps the old workers', async () => {
  const site = await runwsgi();
  const { workers } = site;
  site.write({ 'mysite/version.ts': version('2', 'process.exit(3);') });
  const log = await site.reload();
  expect(log).toMatch(/The reload failed/);
  expect(log).toMatch(/its code ended it with exit code 3[\s\S]*mysite\/version\.ts:2/);
  expect(await site.hasWorkers(1)).toEqual(workers);
});

test('HUP and USR2 with a site that ends directly after it is ready keep the old workers', async () => {
  const site = await runwsgi(['-w', '2'], { env: { RUNWSGI_MIN_UPTIME: undefined } });
  const { workers } = site;
  const load = new Load({ port: site.port }, { keepAlive: 4, oneRequest: 4 });
  site.write({
    'mysite/version.ts': version('2', "setTimeout(() => { throw new Error('no queue'); }, 300);"),
  });
  const log = await site.reload();
  expect(log).toMatch(/mysite\/version\.ts:2/);
  expect(log).toMatch(
    /The reload failed.*\n +A worker ended 0\.\d s after it was ready: its code ended it with exit code 1\./,
  );
  site.signal('SIGUSR2');
  await site.saw(
    /The upgrade failed, and this server continues\.\n +A worker ended 0\.\d s after/,
    log.length,
  );
  await load.more(100);
  const { failures, bodies } = await load.end();
  expect(failures).toEqual([]);
  expect([...bodies.keys()].map((body) => body.split(' ')[0])).toEqual(['1', '1']);
  expect(await site.hasWorkers(2)).toEqual(workers);
});

test('--min-uptime is the time that the new workers must live', async () => {
  const site = await runwsgi(['--min-uptime', '5']);
  site.write({ 'mysite/version.ts': version('2', 'setTimeout(() => process.exit(3), 1_500);') });
  expect(await site.reload()).toMatch(
    /The reload failed.*\n +A worker ended \d\.\d s after it was ready: its code ended it with exit code 3\./,
  );
  expect((await site.ask()).version).toBe('1');
});

test('creating or touching a file of --touch-to-reload loads new code', async () => {
  const site = await runwsgi(['--touch-to-reload', 'tmp/restart.txt', '--touch-to-reload', 'other.txt']);
  for (const number of ['2', '3']) {
    const from = site.output.length;
    site.write({ 'mysite/version.ts': version(number), 'tmp/restart.txt': number });
    await site.saw(/tmp\/restart\.txt was touched\.[\s\S]*Reloaded\./, from);
    expect((await site.ask()).version).toBe(number);
  }
});

test('HUP while the last workers drain loads at once', async () => {
  const site = await runwsgi();
  const client = await requestInHand(site);
  for (const number of ['2', '3']) {
    site.write({ 'mysite/version.ts': version(number) });
    site.signal('SIGHUP');
    await expect.poll(async () => (await site.ask()).version).toBe(number);
  }
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/\r\n\r\n1 \d+$/);
  await site.hasWorkers(1);
});

test('HUP during HUP: the last code serves, and no request is lost', async () => {
  const site = await runwsgi([], {
    files: { 'mysite/version.ts': version('1') },
  });
  site.write({ 'mysite/version.ts': version('2', LOADING_UNTIL_END) });
  site.signal('SIGHUP');
  await site.saw(/^loading$/m);
  site.write({ 'mysite/version.ts': version('3') });
  for (let i = 0; i < 5; i++) site.signal('SIGHUP');
  // The arbiter has had these signals when it has answered a question that came after them. Until then, it loads.
  expect((await run(process.execPath, [BIN, 'status'], site.root)).status).toBe(0);
  site.write({ end: '' });
  await expect.poll(async () => (await site.ask()).version).toBe('3');
  await site.hasWorkers(1);
  await site.saw(/(?:Reloaded\.[\s\S]*){2}/);
  expect(site.output.match(/Reloading\./g)).toHaveLength(2);
});

test('one worker that boots slowly is reloaded repeatedly without losing a request', async () => {
  const slow = (number: number) => version(String(number), 'await new Promise((r) => setTimeout(r, 300));');
  const site = await runwsgi([], { files: { 'mysite/version.ts': slow(0) } });
  const load = new Load({ port: site.port }, { keepAlive: 4, oneRequest: 4 });
  for (let number = 1; number <= 6; number++) {
    site.write({ 'mysite/version.ts': slow(number) });
    site.signal('SIGHUP');
    await load.more(200); // it comes as the one before loads, or drains
  }
  await expect.poll(async () => (await site.ask()).version).toBe('6');
  expect((await load.end()).failures).toEqual([]);
  await site.hasWorkers(1);
});

test('TTIN starts one more worker, and TTOU ends one, down to one', async () => {
  const site = await runwsgi();
  const load = new Load({ port: site.port }, { keepAlive: 4, oneRequest: 4 });
  site.signal('SIGTTIN');
  await site.hasWorkers(2);
  site.signal('SIGTTIN');
  await site.hasWorkers(3);
  for (const workers of [2, 1, 1]) {
    const from = site.output.length;
    site.signal('SIGTTOU');
    await site.saw(/The number of workers is \d+ from now on/, from);
    await site.hasWorkers(workers);
  }
  site.signal('SIGTTIN');
  await site.hasWorkers(2);
  await site.reload();
  await site.hasWorkers(1); // as the configuration has it
  expect((await load.end()).failures).toEqual([]);
});

test('WINCH ends the workers, and waiting connections are answered after HUP', async () => {
  const site = await runwsgi(['-w', '2', '--queue-timeout', '0']);
  site.signal('SIGWINCH');
  await site.hasWorkers(0);
  site.signal('SIGTTIN');
  await site.saw(/WARNING\] The workers have been ended\. A reload starts new ones\./);
  const asked = site.ask();
  site.write({ 'mysite/version.ts': version('2') });
  await site.reload();
  expect((await asked).version).toBe('2');
  await site.hasWorkers(2);
});

test('a site folder that is a link is resolved again by HUP, also when the first release is deleted', async () => {
  const folder = temporaryFolder();
  for (const number of ['1', '2']) {
    writeFiles(path.join(folder, 'releases', number), {
      ...PRODUCTION_SITE,
      'mysite/version.ts': version(number),
    });
  }
  symlinkSync('releases/1', path.join(folder, 'current'));
  const release = path.join(folder, 'releases/1');
  const site = await runwsgi(['--chdir', path.join(folder, 'current')], { cwd: release });
  expect((await site.ask()).version).toBe('1');
  symlinkSync('releases/2', path.join(folder, 'next'));
  renameSync(path.join(folder, 'next'), path.join(folder, 'current'));
  rmSync(release, { recursive: true });
  expect(await site.reload()).toMatch(/Reloaded/);
  expect((await site.ask()).version).toBe('2');
});
