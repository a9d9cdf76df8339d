/**
 * Each adapter beside the framework alone: all servers of a case alive together, bursts of one second in an order that
 * rotates. `node adapters.js [CASE,CASE] [ROUNDS]`
 */

import { fileURLToPath } from 'node:url';
import { burst, cpuOf, pinned } from './_load.js';
import { freePort, median, start, stop, untilAnswer } from './_measure.js';

const SERVERS = fileURLToPath(new URL('_adapter-servers.js', import.meta.url));

/** The first server of a case is what the others are compared with. */
const CASES = {
  'node:http': ['node:http', 'node:http in ours', 'ours in node:http'],
  express: ['express', 'express in ours', 'ours in express'],
  koa: ['koa', 'koa in ours', 'ours in koa'],
  fastify: ['fastify', 'fastify in ours', 'ours in fastify'],
  hono: ['hono', 'hono in ours', 'hono in ours, by fetch', 'ours in hono', 'ours in hono, by fetch'],
  h3: ['h3', 'h3 in ours', 'h3 in ours, by fetch', 'ours in h3', 'ours in h3, by fetch'],
};

const [names = Object.keys(CASES).join(), rounds = '7'] = process.argv.slice(2);
for (const name of names.split(',')) await runCase(CASES[name]);

async function runCase(names) {
  const servers = [];
  try {
    for (const name of names) servers.push(await launch(name));
    for (const server of servers) measure(server, 2);
    for (let round = 0; round < Number(rounds); round++) {
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(i + round) % servers.length];
        server.results.push(measure(server, 1));
      }
    }
  } finally {
    for (const { child } of servers) await stop(child);
  }
  for (const server of servers) print(server, servers[0]);
}

async function launch(name) {
  const port = freePort();
  const command = pinned(0, process.execPath, [SERVERS, name]);
  const child = start(...command, { env: { PORT: String(port), NODE_ENV: 'production' } });
  await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 200') && answer.endsWith('Hello, world!'));
  return { name, child, port, results: [] };
}

function measure({ child, port }, seconds) {
  const cpuBefore = cpuOf(child.pid);
  const { requests, perSecond } = burst(port, { path: '/' }, seconds);
  return { perSecond, cpu: (cpuOf(child.pid) - cpuBefore) / requests };
}

/** Ratios are of the two bursts of each round, which had the same moment of the machine. */
function print({ name, results }, first) {
  const perSecond = median(results.map((result) => result.perSecond));
  const cpu = median(results.map((result) => result.cpu));
  const rate = median(results.map((result, i) => result.perSecond / first.results[i].perSecond));
  const cpuRate = median(results.map((result, i) => first.results[i].cpu / result.cpu));
  const cells = [
    name.padEnd(24),
    perSecond.toFixed(0).padStart(6),
    rate.toFixed(2),
    cpu.toFixed(1).padStart(6),
    cpuRate.toFixed(2),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
