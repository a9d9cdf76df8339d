/**
 * Applications behind `toFetch()` on Bun and Deno, beside the runtime's own server: all servers alive together, bursts of one
 * second in an order that rotates. `node runtimes.js [ROUNDS] [bun,deno]`, with STARTPROJECT_TEST_BUN and STARTPROJECT_TEST_DENO.
 */

import { fileURLToPath } from 'node:url';
import { burst, cpuOf, pinned } from './_load.js';
import { freePort, median, printRows, start, stop, untilAnswer } from './_measure.js';

const SERVERS = fileURLToPath(new URL('_runtime-servers.js', import.meta.url));
const NAMES = ['native', 'WSGI by hand', 'WSGI hello', 'site by hand', 'site', 'site, own Response'];
const RUNTIMES = { BUN: ['run'], DENO: ['run', '--allow-all', '--quiet'] };

const [rounds = '7', only = 'bun,deno'] = process.argv.slice(2);
const rows = [];
for (const [runtime, args] of Object.entries(RUNTIMES)) {
  const program = process.env[`STARTPROJECT_TEST_${runtime}`];
  if (program !== undefined && only.split(',').includes(runtime.toLowerCase()))
    rows.push(...(await measure(runtime.toLowerCase(), [program, ...args])));
}
printRows(rows);

async function measure(runtime, [program, ...args]) {
  const servers = [];
  try {
    for (const name of NAMES) {
      const port = freePort();
      const env = { PORT: String(port) };
      const child = start(...pinned(0, program, [...args, SERVERS, name]), { env });
      await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 '), 10_000);
      servers.push({ name, child, port, results: [] });
    }
    for (const server of servers) oneBurst(server);
    for (let round = 0; round < Number(rounds); round++) {
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(i + round) % servers.length];
        server.results.push(oneBurst(server));
      }
    }
  } finally {
    for (const { child } of servers) await stop(child);
  }
  const least = (server) => Math.min(...server.map(({ cpu }) => cpu));
  return servers.map(({ name, results }) => ({
    runtime,
    server: name,
    'CPU, µs': median(results.map(({ cpu }) => cpu)).toFixed(1),
    'CPU ratio': median(results.map(({ cpu }, i) => servers[0].results[i].cpu / cpu)).toFixed(2),
    'least CPU, µs': least(results).toFixed(1),
    'its ratio': (least(servers[0].results) / least(results)).toFixed(2),
    'p99, ms': median(results.map(({ p99 }) => p99).filter(Number.isFinite)).toFixed(2),
  }));
}

function oneBurst({ child, port }) {
  const before = cpuOf(child.pid);
  const { requests, p99 } = burst(port, { path: '/articles/2026/' }, 1);
  return { cpu: (cpuOf(child.pid) - before) / requests, p99 };
}
