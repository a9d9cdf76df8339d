/**
 * What the parent process takes of a core while it watches many files: idle, and for requests, by events and by polling.
 *
 *     node watching.js [modules] [seconds]
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask, freePort, median, start, stop, untilAnswer } from './_measure.js';
import { RUNSERVER_SITE, SHAPES, writeSite } from './_site.js';

const [modules = 5_000, seconds = 20] = process.argv.slice(2).map(Number);
const RUNSERVER = fileURLToPath(new URL('../bin/runserver.js', import.meta.url));

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10;

/** How long until polling has found its slowest pace. */
const CALM_MS = 40_000;

const folder = mkdtempSync(path.join(tmpdir(), 'bench-watching-'));
try {
  writeSite(folder, modules, { fan: SHAPES.wide });
  for (const [name, text] of Object.entries(RUNSERVER_SITE)) writeFileSync(path.join(folder, name), text);
  process.stdout.write(`${modules} modules, share of a core (median wait of a request)\n`);
  for (const args of [[], ['--poll']]) await measure(args);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(args) {
  const port = freePort();
  const server = start(process.execPath, [RUNSERVER, String(port), ...args], { cwd: folder });
  try {
    await untilAnswer(port, (text) => text.includes(' 200 OK'));
    await sleep(CALM_MS);
    const shares = [];
    for (const rate of [0, 5, 20, 200]) shares.push(await shareOf(server.pid, port, rate));
    process.stdout.write(`${args.join(' ') || 'events'}: ${shares.join(', ')}\n`);
  } finally {
    await stop(server);
  }
}

/** @param rate Requests a second. */
async function shareOf(pid, port, rate) {
  const started = performance.now();
  const before = processorMs(pid);
  const asked = [];
  while (performance.now() - started < seconds * 1_000) {
    await sleep(rate === 0 ? seconds * 1_000 : 1_000 / rate);
    if (rate > 0) asked.push(waitFor(port));
  }
  const waits = await Promise.all(asked);
  const share = (100 * (processorMs(pid) - before)) / (performance.now() - started);
  return rate === 0
    ? `idle ${share.toFixed(2)} %`
    : `${rate}/s ${share.toFixed(1)} % (${median(waits).toFixed(0)} ms)`;
}

async function waitFor(port) {
  const sent = performance.now();
  await ask(port);
  return performance.now() - sent;
}

function processorMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * TICK_MS;
}
