/**
 * How evenly the workers of a server share requests. `node fairness.js [options]`
 *
 * --servers runwsgi,PM2  --workers 2,4,8  --connections 1,8,64  --loads 100,50,10 (percent of what the first server of
 * the list answers)  --kinds single,keepAlive (a connection for each request, or connections that are kept)
 * --seconds 2  --rounds 1  --node PATH (runs the servers)
 *
 * With the folder of another built checkout in BASELINE, `baseline` is a server too.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { burst } from './_load.js';
import { cpuSecondsOf, median, printRows } from './_measure.js';
import counts from './production/counts.cjs';
import { launch } from './production/servers.js';

const baseline = process.env.BASELINE === undefined ? [] : ['baseline'];
const { values: options } = parseArgs({
  options: {
    servers: {
      type: 'string',
      default: ['runwsgi', ...baseline, 'cluster, shared', 'cluster, round robin'].join('|'),
    },
    workers: { type: 'string', default: '2,4,8' },
    connections: { type: 'string', default: '1,8,64' },
    loads: { type: 'string', default: '100,50,10' },
    kinds: { type: 'string', default: 'single,keepAlive' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '1' },
    node: { type: 'string', default: process.execPath },
  },
});
const list = (name) => options[name].split(',');
const seconds = Number(options.seconds);
/** Counts are in the files of the processes by then. */
const COUNTED_MS = 150;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const folder = mkdtempSync(path.join(tmpdir(), 'bench-fairness-'));
const rows = [];
try {
  for (const workers of list('workers').map(Number)) await compare(workers);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
printRows(rows);

async function compare(workers) {
  const servers = [];
  try {
    for (const name of options.servers.split('|')) {
      const COUNTS = path.join(folder, `counts-${workers}-${servers.length}`);
      const server = await launch(name, { folder, node: options.node, workers, env: { COUNTS } });
      servers.push({ ...server, counts: COUNTS });
    }
    for (const kind of list('kinds'))
      for (const connections of list('connections').map(Number))
        await compareLoads({ workers, kind, connections }, servers);
  } finally {
    for (const server of servers) await server.end();
  }
}

async function compareLoads(setting, servers) {
  let capacity;
  for (const percent of list('loads').map(Number)) {
    const results = new Map(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < Number(options.rounds); round++) {
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(i + round) % servers.length];
        const rate = percent === 100 ? undefined : (capacity * percent) / 100;
        results.get(server.name).push(await measure(server, setting, rate));
      }
    }
    if (percent === 100) capacity = median(results.get(servers[0].name).map(({ perSecond }) => perSecond));
    for (const [server, all] of results) rows.push(describe({ ...setting, percent, server }, all));
  }
}

async function measure({ port, child, counts: counted }, { workers, kind, connections }, rate) {
  const before = counts.read(counted);
  const cpuBefore = cpuSecondsOf(child.pid);
  const { requests, failed, p99 } =
    rate === undefined
      ? fullLoad(port, kind, connections)
      : await load({ port, [kind]: connections, seconds, rate });
  const cpu = ((cpuSecondsOf(child.pid) - cpuBefore) / requests) * 1e6;
  await sleep(COUNTED_MS);
  const after = counts.read(counted);
  const each = (index) => {
    const grown = [...after].map(([pid, now]) => now[index] - (before.get(pid)?.[index] ?? 0));
    return [...grown, ...Array(Math.max(0, workers - grown.length)).fill(0)];
  };
  return { perSecond: requests / seconds, failed, p99, cpu, variation: variation(each(0)) };
}

function fullLoad(port, kind, connections) {
  const headers = kind === 'single' ? { Connection: 'close' } : {};
  return { ...burst(port, { headers, connections }, seconds), failed: 0 };
}

async function load(setting) {
  const child = spawn(process.execPath, [here('production/strict-load.js'), JSON.stringify(setting)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data');
  return JSON.parse(text);
}

/** The standard deviation as a part of the mean: 0 where all have as many. */
function variation(numbers) {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const squares = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0);
  return Math.sqrt(squares / numbers.length) / mean;
}

function describe({ workers, kind, connections, percent, server }, results) {
  const of = (name) => median(results.map((result) => result[name]));
  return {
    workers: String(workers),
    connections: `${connections} ${kind === 'single' ? 'new each time' : 'kept'}`,
    load: `${percent} %`,
    server,
    variation: of('variation').toFixed(2),
    'per second': of('perSecond').toFixed(0),
    'CPU, µs': of('cpu').toFixed(0),
    'p99, ms': of('p99').toFixed(1),
    failed: String(results.reduce((sum, { failed }) => sum + failed, 0)),
  };
}
