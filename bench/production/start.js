/** From the start to the first answer, and how much memory the processes take. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { burst } from '../_load.js';
import { freePort, inTurn, median, memoryOf, start, stop, untilAnswer } from '../_measure.js';
import { launch } from './servers.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A site as the command makes it, its first page. */
export async function startUp({ runs, folder, node }) {
  const site = path.join(folder, 'site');
  execFileSync(node, [here('../../bin/startproject.js'), 'mysite', site]);
  mkdirSync(path.join(site, 'node_modules'), { recursive: true });
  symlinkSync(here('../..'), path.join(site, 'node_modules/startproject'));
  const candidates = [
    { name: 'runserver', args: (port) => [here('../../bin/runserver.js'), String(port)] },
    {
      name: 'runwsgi -w 1',
      args: (port) => [here('../../bin/runwsgi.js'), '-b', `127.0.0.1:${port}`],
    },
  ];
  const results = await inTurn(candidates, runs, async ({ args }) => {
    const port = freePort();
    const startedAt = performance.now();
    const child = start(node, args(port), { cwd: site, env: { XDG_CACHE_HOME: path.join(folder, 'cache') } });
    try {
      return (await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 '))) - startedAt;
    } finally {
      await stop(child);
    }
  });
  const [runserver, runwsgi] = [...results.values()].map(median);
  return [
    ['runserver, to the first answer', `${runserver.toFixed(0)} ms`],
    ['runwsgi -w 1, to the first answer', `${runwsgi.toFixed(0)} ms`],
    ['runwsgi to runserver', (runwsgi / runserver).toFixed(2), '<= 1.2'],
  ];
}

/** All processes of a server with two workers, at the start and after some seconds of requests. */
export async function memory({ folder, node }) {
  const rows = [];
  for (const name of ['runwsgi', 'cluster, round robin', 'PM2', 'gunicorn']) {
    const server = await launch(name, { folder, node, workers: 2 });
    try {
      await sleep(2_000);
      const fresh = memoryOf(server.child.pid);
      burst(server.port, {}, 3);
      await sleep(1_000);
      rows.push([
        `${name}: with 2 workers, fresh and after requests, MiB`,
        `${fresh} and ${memoryOf(server.child.pid)}`,
      ]);
    } finally {
      await server.end();
    }
  }
  return rows;
}
