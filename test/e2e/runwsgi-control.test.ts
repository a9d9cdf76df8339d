import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { type Outcome, Program, run } from './_program.ts';
import { describeWith, HAS_NAMESPACES, ROOT } from './_real-parts.ts';
import { isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, requestInHand, runwsgi, version, type Wsgi } from './_runwsgi.ts';

const BIN = fileURLToPath(new URL('../../bin/runwsgi.js', import.meta.url));

function ask(site: Wsgi, ...args: string[]): Promise<Outcome> {
  return run(process.execPath, [BIN, ...args], site.root);
}

test('status shows the state of a server, stop waits for its end, and neither leaves a file behind', async () => {
  const site = await runwsgi(['-w', '2']);
  const { workers } = site;
  const status = JSON.parse((await ask(site, 'status', '--json')).stdout);
  expect(status).toMatchObject({
    pid: site.pid,
    node: process.version,
    sites: [{ addresses: [`http://127.0.0.1:${site.port}`], generation: 1, state: 'serving' }],
  });
  expect(new Set(status.sites[0].workers.map(({ pid }: { pid: number }) => pid))).toEqual(new Set(workers));
  expect((await ask(site, 'stop')).status).toBe(0);
  expect(await site.exit).toEqual({ code: 0, signal: null });
  const untouched = readdirSync(temporaryFolder(PRODUCTION_SITE));
  // The cache of compiled code comes a second after the start, if there is one.
  expect(
    readdirSync(site.root)
      .filter((name) => name !== '.cache')
      .sort(),
  ).toEqual(untouched.sort());
});

test('reload ends with 0 when the new code serves and with 1 when it does not load, and status shows the reason', async () => {
  const site = await runwsgi();
  site.write({ 'mysite/version.ts': version('2') });
  expect(await ask(site, 'reload')).toMatchObject({ status: 0, stderr: '' });
  expect((await site.ask()).version).toBe('2');
  site.write({ 'mysite/version.ts': version('3', "throw new Error('the database is away');") });
  const broken = await ask(site, 'reload');
  expect(broken.status).toBe(1);
  expect(broken.stderr).toMatch(
    /^Error: The reload failed, and the previous code continues to serve\.\n.*the database is away/,
  );
  expect((await ask(site, 'status')).stdout).toMatch(
    /last reload \ds ago: failed, generation 2 goes on serving\./,
  );
  expect((await site.ask()).version).toBe('2');
});

test('reload waits until the old generation has ended, and two reloads at once both succeed', async () => {
  const site = await runwsgi();
  const client = await requestInHand(site);
  site.write({ 'mysite/version.ts': version('2') });
  const reloads = [ask(site, 'reload'), ask(site, 'reload')];
  await expect.poll(async () => (await site.ask()).version).toBe('2');
  client.send('cd');
  expect(await client.untilClosed()).toMatch(/\r\n\r\n1 \d+$/);
  for (const { status } of await Promise.all(reloads)) expect(status).toBe(0);
  expect(await site.hasWorkers(1)).toHaveLength(1);
});

test('scale changes the number of workers, and inject sends a request to one of them', async () => {
  const site = await runwsgi();
  expect((await ask(site, 'scale', '3')).status).toBe(0);
  const workers = await site.hasWorkers(3);
  const { status, stdout } = await ask(site, 'inject', 'GET', '/');
  expect(status).toBe(0);
  expect(workers).toContain(Number(stdout.split(' ')[1]));
});

test('logs prints old and new log lines until the server ends', async () => {
  const site = await runwsgi();
  const logs = new Program(process.execPath, [BIN, 'logs'], site.root);
  await logs.saw(/Serving at/);
  await site.reload();
  await logs.saw(/Reloaded\./);
  site.signal('SIGTERM');
  await logs.saw(/The server has ended\./);
});

test.each([{ args: [] }, { args: ['--control', './control'] }])(
  'after an upgrade the commands reach the new server: runwsgi $args',
  async ({ args }) => {
    const site = await runwsgi(args);
    const exited = once(site.process, 'exit'); // its output goes on: it is the new one's as well
    site.signal('SIGUSR2');
    const [, pid] = await site.saw(/Process (\d+) serves now\./);
    onTestFinished(() => void (isAlive(Number(pid)) && process.kill(Number(pid))));
    const { stdout, stderr } = await ask(site, 'status', '--json', ...args);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).pid).toBe(Number(pid));
    expect(await exited).toEqual([0, null]);
    expect((await ask(site, 'stop', ...args)).status).toBe(0);
  },
);

test('a server whose upgrade fails keeps its control channel', async () => {
  const site = await runwsgi(['--control', './control']);
  site.write({ 'mysite/version.ts': version('2', "throw new Error('the database is away');") });
  site.signal('SIGUSR2');
  await site.saw(/The upgrade failed/);
  await expect.poll(async () => (await ask(site, 'status', '--control', './control')).status).toBe(0);
});

describeWith(ROOT, () => {
  test.skipIf(!HAS_NAMESPACES)(
    'a user without a home or passwd entry has a control channel on a read-only system, without a log line about it',
    async () => {
      const root = temporaryFolder(PRODUCTION_SITE);
      execFileSync('chmod', ['-R', 'a+rX', root]);
      const user = { uid: 54_321, gid: 54_321 };
      const freeze = [
        'for mount in /tmp /dev/shm /run; do mount --bind $mount $mount; done',
        'for mount in /tmp /dev/shm /run /; do mount -o remount,bind,ro $mount; done',
        'exec setpriv --reuid=54321 --regid=54321 --clear-groups "$@"',
      ];
      const server = [process.execPath, BIN, '-b', '127.0.0.1:0'];
      const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
      const child = spawn('unshare', ['--mount', 'sh', '-ec', freeze.join('\n'), '-', ...server], {
        cwd: root,
        env,
      });
      onTestFinished(() => void child.kill('SIGTERM'));
      let log = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
      while (!log.includes('Serving at')) await once(child.stderr, 'data');
      const options = { ...user, env, cwd: root, encoding: 'utf8' } as const;
      const status = execFileSync(process.execPath, [BIN, 'status', '--json'], options);
      expect(JSON.parse(status)).toMatchObject({ pid: child.pid });
      expect(log).not.toMatch(/WARNING|ERROR|control/);
      execFileSync(process.execPath, [BIN, 'stop'], options);
      await once(child, 'exit');
    },
  );
});
