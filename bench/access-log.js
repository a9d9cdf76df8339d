/**
 * What the access log costs: hello behind our HTTP server without one, with one in the combined format and in JSON, both
 * to a file; beside what only receives the records, a format of the user's own, and what writes each line at once.
 * `node access-log.js [ROUNDS]`
 */

import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { burst, cpuOf, pinned } from './_load.js';
import { freePort, median, start, stop, untilAnswer } from './_measure.js';

const KINDS = ['off', 'counted', 'combined', 'json', 'atom by atom', 'a write a line'];
const WARM_UP_SECONDS = 2;
const BURST_SECONDS = 2;
const HEADERS = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' };
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const [rounds = '10'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-access-log-'));
const servers = [];
try {
  await buildLogs();
  for (const kind of KINDS) servers.push(await launch(kind));
  for (const server of servers) measure(server, WARM_UP_SECONDS);
  for (let round = 0; round < Number(rounds); round++) {
    for (let i = 0; i < servers.length; i++) {
      const server = servers[(i + round) % servers.length];
      server.cpu.push(measure(server, BURST_SECONDS));
    }
  }
  const [off] = servers;
  process.stdout.write(`Node ${process.version}, ${rounds} rounds\n`);
  for (const { kind, cpu } of servers) {
    const ratio = median(cpu.map((value, round) => value / off.cpu[round]));
    process.stdout.write(
      `${kind.padEnd(15)} ${median(cpu).toFixed(2).padStart(6)} µs of CPU a request ${ratio.toFixed(3)}\n`,
    );
  }
} finally {
  for (const { child } of servers) await stop(child);
  rmSync(folder, { recursive: true });
}

async function buildLogs() {
  const input = '\0logs';
  const parts = ['access-log', 'access-log-format'].map((name) => here(`../src/production/logs/${name}.ts`));
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === input ? id : undefined),
    load: (id) => (id === input ? parts.map((file) => `export * from '${file}';`).join('\n') : undefined),
  };
  const build = await rolldown({ input, plugins: [entry], platform: 'node', logLevel: 'silent' });
  await build.write({ file: path.join(folder, 'logs.mjs'), format: 'esm', codeSplitting: false });
}

async function launch(kind) {
  const port = freePort();
  const command = pinned(0, process.execPath, [here('_access-log-server.js'), kind]);
  const env = { PORT: String(port), FOLDER: folder, NODE_ENV: 'production' };
  const child = start(...command, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await untilAnswer(port, (answer) => answer.startsWith('HTTP/1.1 200'), 10_000);
  return { kind, child, port, cpu: [] };
}

/** µs of CPU for each request. */
function measure({ kind, child, port }, seconds) {
  const before = cpuOf(child.pid);
  const { requests } = burst(port, { headers: HEADERS }, seconds);
  const cpu = (cpuOf(child.pid) - before) / requests;
  if (!['off', 'counted'].includes(kind)) truncateSync(path.join(folder, `${kind}.log`)); // the disk may be small
  return cpu;
}
