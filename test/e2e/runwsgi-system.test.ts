import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { ServerStatus } from '../../src/production/control/controllable.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { RawClient, untilRefused } from '../servers/http/_http.ts';
import { Load } from './_load.ts';
import { Program } from './_program.ts';
import { describeWith, HAS_NAMESPACES, ROOT } from './_real-parts.ts';
import { Command, descendants, get, isAlive } from './_runserver.ts';
import { PRODUCTION_SITE, runwsgi, version } from './_runwsgi.ts';

const RUNWSGI = fileURLToPath(new URL('../../bin/runwsgi.js', import.meta.url));

/** Code of a site that leaves two processes behind, which end with the exit codes that mean something in workers. */
const ORPHANS = `import { execFileSync } from 'node:child_process';
execFileSync('setsid', ['sh', '-c', '(exit 3) & (exit 4) & exit 0'], { stdio: 'ignore' });`;

function zombies(pid: number): number[] {
  return descendants(pid).filter((child) => !isAlive(child));
}

describeWith(ROOT, () => {
  test.skipIf(!HAS_NAMESPACES)(
    'as process 1 of a container, the exit codes 3 and 4 of orphans have no effect',
    async () => {
      const cwd = temporaryFolder({ ...PRODUCTION_SITE, 'mysite/version.ts': version('1', ORPHANS) });
      const command = [process.execPath, RUNWSGI, '-b', '127.0.0.1:0', '-w', '2'];
      const container = new Program('unshare', ['--pid', '--fork', '--mount-proc', ...command], cwd);
      const [, url] = await container.saw(/\[1\] \[INFO\] Serving at (\S+)/);
      const [arbiter] = descendants(container.process.pid!);
      // Node waits for its own children alone: a container that starts many processes needs an init.
      await expect.poll(() => zombies(arbiter!).length).toBe(4);
      expect((await get(url!)).body).toMatch(/^1 \d+$/);
      expect(container.output).not.toMatch(/died|Ending/);
      process.kill(arbiter!, 'SIGTERM');
      expect(await once(container.process, 'close')).toEqual([0, null]);
    },
  );
});

test('all workers serve at each of several addresses', async () => {
  const site = await runwsgi(['-w', '2'], { bind: ['127.0.0.1:0', 'localhost:0', 'unix:site.sock'] });
  const urls = [...site.output.matchAll(/http:\/\/[^\s,]+/g)].map(([url]) => url);
  expect(urls).toHaveLength(2);
  for (const url of urls) expect((await get(url)).body).toMatch(/^1 \d+$/);
  const socketPath = path.join(site.root, 'site.sock');
  expect((await get('http://localhost/', { socketPath })).body).toMatch(/^1 \d+$/);
});

test('USR2 starts another server on the same sockets without losing a request', async () => {
  const site = await runwsgi(['-w', '2']);
  const processes = [site.pid, ...site.workers];
  const load = new Load({ port: site.port }, { keepAlive: 8, oneRequest: 4 });
  await load.more(200);
  site.write({ 'mysite/version.ts': version('2') });
  site.signal('SIGUSR2');
  const [, successor] = await site.saw(/Process (\d+) serves now/);
  onTestFinished(() => {
    if (isAlive(Number(successor))) process.kill(Number(successor), 'SIGKILL');
  });
  await once(site.process, 'exit');
  await load.more(200);
  expect((await load.end()).failures).toEqual([]);
  expect((await site.ask()).version).toBe('2');
  expect(processes.filter(isAlive)).toEqual([]);
  const workers = descendants(Number(successor));
  process.kill(Number(successor), 'SIGTERM');
  await untilRefused(site.port);
  await expect.poll(() => workers.filter(isAlive)).toEqual([]);
});

test('the counters of the status return to 0 after aborted requests', async () => {
  const site = await runwsgi(['-w', '2']);
  const abort = async () => {
    const client = await RawClient.connect(site.port);
    await client.send('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n').until('more');
    client.reset();
  };
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 20 }, abort));
  const status = async () => {
    const command = new Command('runwsgi.js', ['status', '--json'], { cwd: site.root });
    await command.exit;
    const { sites } = JSON.parse(command.output) as ServerStatus;
    return sites[0]!.workers.reduce(
      (sum, { requests, inFlight }) => ({
        requests: sum.requests + requests,
        inFlight: sum.inFlight + inFlight,
      }),
      { requests: 0, inFlight: 0 },
    );
  };
  await expect.poll(status).toEqual({ requests: 200, inFlight: 0 });
});
