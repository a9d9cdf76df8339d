import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { Load } from './_load.ts';
import { get } from './_runserver.ts';
import { PRODUCTION_SITE, runwsgi, version, Wsgi } from './_runwsgi.ts';

const ROTATIONS = 5;
const NOBODY = 65_534;

/** Waits for a text in a file that is written by others. */
async function saw(file: string, text: string | RegExp): Promise<void> {
  const holds = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await expect.poll(holds, { interval: 20 }).toMatch(text);
}

test('no line is lost or broken when the access log is renamed and USR1 is sent under load', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'access.log');
  const site = await runwsgi(['-w', '2', '--access-logfile', file]);
  const load = new Load({ port: site.port }, { keepAlive: 8, oneRequest: 2, method: 'GET' });
  for (let i = 0; i < ROTATIONS; i++) {
    await saw(file, /GET/);
    renameSync(file, `${file}.${i}`);
    site.signal('SIGUSR1');
  }
  await saw(file, /GET/);
  const { done, failures } = await load.end();
  site.signal('SIGTERM');
  await site.exit;
  expect(failures).toEqual([]);
  const text = readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('');
  const lines = text.split('\n').slice(0, -1);
  const whole = /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "-"$/;
  expect(lines.filter((line) => !whole.test(line))).toEqual([]);
  expect(lines).toHaveLength(done);
});

test('without a file the access log goes to stdout, in JSON if requested', async () => {
  const site = await runwsgi(['--access-logfile', '-', '--access-logformat', 'json']);
  await get(`${site.url}/a?b`);
  const [line] = await site.saw(/^\{.*\}$/m);
  expect(JSON.parse(line!)).toMatchObject({
    method: 'GET',
    target: '/a?b',
    status: 200,
    pid: site.workers[0],
  });
});

test('the lines of several workers reach stdout whole', async () => {
  const site = await runwsgi(['-w', '3', '--access-logfile', '-']);
  const load = new Load(
    { port: site.port },
    { oneRequest: 12, method: 'GET', path: `/${'x'.repeat(5_000)}` },
  );
  await load.more(1_000);
  const { done, failures } = await load.end();
  site.signal('SIGTERM');
  await site.exit;
  expect(failures).toEqual([]);
  const lines = site.output.split('\n').filter((line) => line.includes('xxx'));
  const whole = /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/x{5000} HTTP\/1\.1" 200 \d+ "-" "-"$/;
  expect(lines.filter((line) => !whole.test(line)).map((line) => line.slice(0, 100))).toEqual([]);
  expect(lines).toHaveLength(done);
});

test('a site is silent about its requests by default', async () => {
  const site = await runwsgi();
  await get(`${site.url}/quiet`);
  site.signal('SIGTERM');
  await site.exit;
  expect(site.output).not.toContain('/quiet');
});

test("the error log contains the workers' stderr, also in a reopened file", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'error.log');
  const site = new Wsgi(['--error-logfile', file, '-w', '2']);
  await saw(file, /\[INFO\] Serving at /);
  renameSync(file, `${file}.1`);
  site.signal('SIGUSR1');
  await expect.poll(() => existsSync(file)).toBe(true);
  site.write({ 'mysite/version.ts': version('2', "console.error('printed by', process.pid, 'as it is');") });
  site.signal('SIGHUP');
  await saw(file, /Reloaded\./);
  const printed = [...readFileSync(file, 'utf8').matchAll(/^printed by (\d+) as it is$/gm)];
  expect(printed.map(([, pid]) => Number(pid)).sort()).toEqual((await site.hasWorkers(2)).sort());
  expect(readFileSync(`${file}.1`, 'utf8')).not.toContain('printed');
  expect(site.output).toBe('');
});

test.skipIf(process.getuid?.() !== 0)(
  'an access log is reopened for workers of another user, in a folder where they cannot create files',
  async () => {
    const [root, folder] = [temporaryFolder(PRODUCTION_SITE), temporaryFolder()];
    for (const readable of [root, folder]) chmodSync(readable, 0o755);
    const file = path.join(folder, 'access.log');
    const site = await runwsgi(['-u', String(NOBODY), '--access-logfile', file], { cwd: root });
    await get(`${site.url}/one`);
    await saw(file, /GET \/one/);
    renameSync(file, `${file}.1`);
    site.signal('SIGUSR1');
    await expect.poll(() => existsSync(file)).toBe(true);
    await expect
      .poll(async () => {
        await get(`${site.url}/two`);
        return readFileSync(file, 'utf8');
      })
      .toMatch(/GET \/two/);
    expect(statSync(file).uid).toBe(NOBODY);
  },
);

test.each([
  [
    { NO_COLOR: undefined, FORCE_COLOR: '1' },
    [],
    /^\x1b\[33m\[.*\] \[WARNING\] --preload has no effect.*\x1b\[0m$/m,
  ],
  [
    { NO_COLOR: undefined, FORCE_COLOR: '1' },
    ['--no-color'],
    /^\[.*\] \[WARNING\] --preload has no effect.*\.$/m,
  ],
  [{ NO_COLOR: undefined }, [], /^\[.*\] \[WARNING\] --preload has no effect.*\.$/m],
])('the error log has colours on stderr when they are enabled: %j %j', async (env, args, expected) => {
  const site = new Wsgi(['--preload', ...args], { env });
  await site.saw(expected);
});

test('an unknown atom ends the start, with a suggestion', async () => {
  const site = new Wsgi(['--access-logfile', '-', '--access-logformat', '%(h)s %(status)s']);
  expect((await site.exit).code).toBe(2);
  expect(site.output).toContain(
    'Error: --access-logformat: There is no atom %(status)s.\nHint: Did you mean %(s)s? There are h',
  );
});
