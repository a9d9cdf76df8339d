/**
 * Static files beside sirv, express.static and @fastify/static: all servers of a case alive together, bursts of one second in an
 * order that rotates. `node static.js [CASE,CASE] [ROUNDS]`
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { burst, pinned } from './_load.js';
import { freePort, median, start, stop, untilAnswer } from './_measure.js';

const SERVERS = fileURLToPath(new URL('_static-servers.js', import.meta.url));

/** The first server is what the others are compared with. */
const NAMES = ['sirv', 'startproject', 'express.static', '@fastify/static'];

const CASES = {
  '1 KiB': { path: '/static/small.css' },
  '100 KiB': { path: '/static/middle.js' },
  '1 MiB': { path: '/static/large.bin', connections: 16 },
};

const [cases = Object.keys(CASES).join(), rounds = '5'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-static-'));
mkdirSync(path.join(folder, 'static'));
const files = { 'small.css': 1024, 'middle.js': 100 * 1024, 'large.bin': 1024 * 1024 };
for (const [name, size] of Object.entries(files)) {
  writeFileSync(path.join(folder, 'static', name), Buffer.alloc(size, 'a'));
}
try {
  for (const name of cases.split(',')) await runCase(name);
} finally {
  rmSync(folder, { recursive: true });
}

async function runCase(name) {
  const servers = [];
  try {
    for (const server of NAMES) servers.push(await launch(server));
    for (const { port } of servers) burst(port, CASES[name], 1);
    for (let round = 0; round < Number(rounds); round++) {
      for (let i = 0; i < servers.length; i++) {
        const { port, results } = servers[(i + round) % servers.length];
        results.push(burst(port, CASES[name], 1).perSecond);
      }
    }
  } finally {
    for (const { child } of servers) await stop(child);
  }
  process.stdout.write(`\n${name}\n`);
  for (const { name, results } of servers) {
    const ratio = median(results.map((result, i) => result / servers[0].results[i]));
    process.stdout.write(
      `${name.padEnd(18)}${median(results).toFixed(0).padStart(8)}/s ${ratio.toFixed(2)}\n`,
    );
  }
}

async function launch(name) {
  const port = freePort();
  const env = { PORT: String(port), FOLDER: folder, NODE_ENV: 'production' };
  const child = start(...pinned(0, process.execPath, [SERVERS, name]), { env });
  await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1'));
  return { name, child, port, results: [] };
}
