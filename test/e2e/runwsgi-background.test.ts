import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { get, isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, version } from './_runwsgi.ts';

const RUNWSGI = fileURLToPath(new URL('../../bin/runwsgi.js', import.meta.url));

/** Runs the command in a site until it ends, which it does when the server in the background serves. */
function runwsgi(root: string, ...args: readonly string[]) {
  const { DJANGO_SETTINGS_MODULE: _, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: '1', XDG_CACHE_HOME: path.join(root, '.cache') };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [RUNWSGI, '-b', '127.0.0.1:0', '--pid', 'site.pid', ...args],
    { cwd: root, env, encoding: 'utf8', timeout: 30_000 },
  );
  const pid = existsSync(path.join(root, 'site.pid'))
    ? Number(readFileSync(path.join(root, 'site.pid'), 'utf8'))
    : undefined;
  onTestFinished(async () => {
    if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGTERM');
    if (pid !== undefined) await expect.poll(() => isAlive(pid)).toBe(false);
  });
  return { status, stdout, stderr, pid };
}

function urlIn(log: string): string {
  return /Serving at (http\S+)/.exec(readFileSync(log, 'utf8'))![1]!;
}

test('--daemon ends with 0 when the server serves, and the server removes its pid file at its end', async () => {
  const root = temporaryFolder(PRODUCTION_SITE);
  const log = path.join(root, 'error.log');
  const { status, stdout, stderr, pid } = runwsgi(root, '--daemon', '--error-logfile', log);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  expect((await get(urlIn(log))).body).toMatch(/^1 \d+$/);
  process.kill(pid!, 'SIGTERM');
  await expect.poll(() => isAlive(pid!)).toBe(false);
  expect(existsSync(path.join(root, 'site.pid'))).toBe(false);
  expect(readFileSync(log, 'utf8')).toMatch(/\] \[INFO\] Ended\.\n$/);
});

test('an application that cannot load ends with 4 in the background too, with the same lines', () => {
  const root = temporaryFolder({ ...PRODUCTION_SITE, 'mysite/version.ts': "import './missing.ts';" });
  const log = ['--error-logfile', path.join(root, 'error.log')];
  const inFront = runwsgi(root, ...log);
  const inBackground = runwsgi(root, '--daemon', ...log);
  expect(inFront.status).toBe(4);
  expect(inFront.stderr).toContain('missing.ts');
  expect(inBackground).toEqual(inFront);
});

test('a second server with the same pid file is refused', () => {
  const root = temporaryFolder(PRODUCTION_SITE);
  const { status, pid } = runwsgi(root, '-D', '--error-logfile', path.join(root, 'error.log'));
  expect(status).toBe(0);
  const second = runwsgi(root, '-D', '--error-logfile', path.join(root, 'second.log'));
  expect(second).toMatchObject({ status: 1, pid });
  expect(second.stderr).toBe(
    `Error: The pid file '${path.join(root, 'site.pid')}' belongs to a running server, process ${pid}.\n` +
      `Hint: Stop it (kill ${pid}), or name another file by --pid.\n`,
  );
});

test('a server without an error log continues when its stderr is closed', async () => {
  const root = temporaryFolder({ ...PRODUCTION_SITE, 'touch.txt': '' });
  const { status, pid, stderr } = runwsgi(root, '-D', '--access-logfile', 'access.log');
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: 'In the background there is no error log: name one by --error-logfile FILE.\n',
  });
  process.kill(pid!, 'SIGHUP');
  writeFileSync(path.join(root, 'mysite/version.ts'), version('2'));
  process.kill(pid!, 'SIGUSR1');
  process.kill(pid!, 'SIGTERM');
  await expect.poll(() => isAlive(pid!)).toBe(false);
  expect(existsSync(path.join(root, 'site.pid'))).toBe(false);
});
