/** What clients notice when processes end: reloads, TERM, and a worker that is killed. */

import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../_measure.js';
import { strictLoad } from './load.js';
import { launch } from './servers.js';

const FULL_LOAD = { keepAlive: 64, single: 16 };
const HUP_MS = 1_000;
const QUIET_SECONDS = 5;
const TERM_RUNS = 5;
const KILL_RUNS = 5;
/** By then the clients are busy. */
const WARM_UP_MS = 1_500;

/** A reload every second under full load. */
export async function reload({ seconds, folder, node }) {
  const rows = [];
  for (const name of ['runwsgi', 'PM2']) {
    const server = await launch(name, { folder, node, workers: 2 });
    try {
      const { port } = server;
      await strictLoad({ port, ...FULL_LOAD, seconds: QUIET_SECONDS }).done; // compiles
      const quiet = await strictLoad({ port, ...FULL_LOAD, seconds: QUIET_SECONDS }).done;
      const busy = strictLoad({ port, ...FULL_LOAD, seconds });
      const endsAt = performance.now() + seconds * 1000;
      let reloads = 0;
      while (performance.now() < endsAt) {
        const next = sleep(HUP_MS);
        server.reload();
        reloads += 1;
        await next;
      }
      const { requests, failed, failures, p99, max } = await busy.done;
      rows.push(
        [
          `${name}: failed of ${requests} requests, ${reloads} reloads in ${seconds} s`,
          count(failed, failures),
          '0',
        ],
        [
          `${name}: p99 quiet and with reloads`,
          `${quiet.p99.toFixed(1)} and ${p99.toFixed(1)} ms, most ${max.toFixed(0)} ms`,
        ],
        [`${name}: p99 to the quiet one`, (p99 / quiet.p99).toFixed(1), '< 4'],
      );
      if (name === 'runwsgi')
        rows.push([`${name}: generations that were reached`, String(reached(server.log()))]);
    } finally {
      await server.end();
    }
  }
  return rows;
}

const reached = (log) => log.match(/Reloaded/g)?.length ?? 0;

/** TERM under full load. */
export async function term({ folder, node }) {
  let requests = 0;
  let failed = 0;
  const failures = {};
  const times = [];
  for (let run = 0; run < TERM_RUNS; run++) {
    const server = await launch('runwsgi', { folder, node, workers: 2 });
    try {
      const load = strictLoad({ port: server.port, ...FULL_LOAD, seconds: 10, untilRefused: true });
      await sleep(WARM_UP_MS + run * 77);
      const startedAt = performance.now();
      const exited = new Promise((resolve) => server.child.once('exit', resolve));
      process.kill(server.child.pid, 'SIGTERM');
      await exited;
      times.push(performance.now() - startedAt);
      const result = await load.done;
      requests += result.requests;
      failed += result.failed;
      for (const [reason, number] of Object.entries(result.failures))
        failures[reason] = (failures[reason] ?? 0) + number;
    } finally {
      await server.end();
    }
  }
  return [
    [`failed of ${requests} requests, ${TERM_RUNS} ends`, count(failed, failures), '0'],
    ['from TERM to the end of the process', `${median(times).toFixed(0)} ms`],
  ];
}

/** A worker of two is killed under full load. */
export async function kill({ folder, node }) {
  const lost = [];
  const gaps = [];
  const failures = {};
  const server = await launch('runwsgi', { folder, node, workers: 2 });
  try {
    for (let run = 0; run < KILL_RUNS; run++) {
      const load = strictLoad({ port: server.port, path: '/pid', ...FULL_LOAD, seconds: 5 });
      await sleep(WARM_UP_MS + run * 77);
      const [pid] = serving(server.log()).slice(-1);
      const killedAt = Date.now();
      process.kill(pid, 'SIGKILL');
      const result = await load.done;
      lost.push(result.failed);
      for (const [reason, number] of Object.entries(result.failures))
        failures[reason] = (failures[reason] ?? 0) + number;
      const next = Object.values(result.firstAnswers).filter((at) => at > killedAt);
      gaps.push(Math.min(...next) - killedAt);
    }
  } finally {
    await server.end();
  }
  const load = await loadTime({ folder, node });
  return [
    [
      `requests lost with each of ${KILL_RUNS} workers`,
      `${lost.join(', ')} (${Object.keys(failures).join(', ')})`,
      'those in its hand: at most 80',
    ],
    ['start of a server to its first answer, without load', `${load.toFixed(0)} ms`],
    [
      'kill to the first answer of the next worker, under load',
      `${median(gaps).toFixed(0)} ms`,
      'the same and 100 ms at most',
    ],
  ];
}

const serving = (log) => [...log.matchAll(/Worker (\d+) serves/g)].map(([, pid]) => Number(pid));

/** From the start of a server to its first answer. */
async function loadTime(options) {
  const times = [];
  for (let run = 0; run < 3; run++) {
    const startedAt = performance.now();
    const server = await launch('runwsgi', { ...options, workers: 1 });
    times.push(performance.now() - startedAt);
    await server.end();
  }
  return median(times);
}

function count(failed, failures) {
  if (failed === 0) return '0';
  return `${failed} (${Object.entries(failures)
    .map(([reason, number]) => `${number} ${reason}`)
    .join(', ')})`;
}
