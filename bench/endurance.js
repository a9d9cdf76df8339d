/**
 * What many saves and much traffic do to runserver: `node endurance.js [reloads]`. Prints what was measured beside what
 * we ask of it. Linux only, since it looks into /proc.
 */

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  ask,
  cpuSecondsOf,
  descriptorsOf,
  freePort,
  median,
  memoryOf,
  processesOf,
  start,
  stop,
  untilAnswer,
} from './_measure.js';
import { editors, RUNSERVER_SITE, SHAPES, writeSite } from './_site.js';

const [reloads = '1000'] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'bench-endurance-'));
const rows = [];

/** 200 requests a second: each on a new connection, as runserver closes every one of them. */
const LOAD_INTERVAL_MS = 5;

try {
  await withSite(1, secondSave);
  await withSite(1, savesInARow);
  await withSite(1, freshUnderLoad);
  await withSite(5000, idle);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write('| runserver | measured | asked |\n| --- | --- | --- |\n');
for (const row of rows) process.stdout.write(`| ${row.join(' | ')} |\n`);

/** Serves a site of `n` modules for as long as `use` takes. */
async function withSite(n, use) {
  const cwd = path.join(folder, use.name);
  const options = { fan: SHAPES.wide };
  writeSite(cwd, n, options);
  for (const [file, text] of Object.entries(RUNSERVER_SITE)) writeFileSync(path.join(cwd, file), text);
  symlinkSync(here('node_modules'), path.join(cwd, 'node_modules'));
  const port = freePort();
  const child = start(process.execPath, [here('../bin/runserver.js'), String(port)], {
    cwd,
    env: { XDG_CACHE_HOME: path.join(cwd, '.cache') },
  });
  try {
    await untilAnswer(port, (answer) => answer.includes('v0|'), 60_000);
    await sleep(3000);
    await use({ port, pid: child.pid, edit: editors(cwd, n, options).entry });
  } finally {
    await stop(child);
  }
}

/** The second of two saves comes before the spare can be warm again. */
async function secondSave({ port, edit }) {
  const times = [];
  for (let run = 0; run < 15; run++) {
    await sleep(600);
    edit(`first${run}x`);
    await sleep(50);
    edit(`second${run}x`);
    const savedAt = performance.now();
    times.push((await untilAnswer(port, (answer) => answer.includes(`second${run}x`))) - savedAt);
  }
  rows.push([
    'second save 50 ms after the first, to a fresh answer',
    `${median(times).toFixed(0)} ms`,
    '150 ms',
  ]);
}

async function savesInARow({ port, pid, edit }) {
  let fresh = 0;
  let most = 0;
  for (let run = 0; run < 20; run++) {
    edit(`row${run}x`);
    const answer = ask(port);
    await sleep(100);
    most = Math.max(most, processesOf(pid).length);
    if ((await answer)?.includes(`row${run}x`)) fresh += 1;
  }
  rows.push(['20 saves 100 ms apart, fresh answers', String(fresh), '20']);
  rows.push(['processes meanwhile, at most', String(most), 'bounded']);
}

/** A request 1 ms after each save, while others come all the time; with it, what the reloads leave behind. */
async function freshUnderLoad({ port, pid, edit }) {
  let stale = 0;
  let failed = 0;
  let asked = 0;
  const isAnswer = (answer) => answer?.startsWith('HTTP/1.1 200') ?? false;
  const load = setInterval(async () => {
    asked += 1;
    if (!isAnswer(await ask(port))) failed += 1;
  }, LOAD_INTERVAL_MS);
  const memory = [];
  const total = Number(reloads);
  const openBefore = descriptorsOf(pid);
  for (let run = 0; run < total; run++) {
    edit(`load${run}x`);
    await sleep(1);
    const answer = await ask(port);
    if (!isAnswer(answer)) failed += 1;
    else if (!answer.includes(`load${run}x`)) stale += 1;
    // A tenth of them is looked at, when the spare is there again.
    if (run % 10 === 9) {
      await sleep(250);
      memory.push(memoryOf(pid));
    } else {
      await sleep(20 + (run % 50));
    }
  }
  clearInterval(load);
  await sleep(1000);
  const tenth = Math.ceil(memory.length / 10);
  const [first, last] = [median(memory.slice(0, tenth)), median(memory.slice(-tenth))];
  const growth = ((last - first) / first) * 100;
  rows.push([`stale answers to ${total} requests 1 ms after a save`, String(stale), '0']);
  rows.push([`failed requests of ${asked + total}`, String(failed), '0']);
  rows.push([
    'memory, first and last tenth of the reloads',
    `${first} and ${last} MiB (${growth.toFixed(1)} %)`,
    '5 %',
  ]);
  rows.push([
    'descriptors of the arbiter, before and after',
    `${openBefore} and ${descriptorsOf(pid)}`,
    'the same',
  ]);
}

async function idle({ pid }) {
  const seconds = 20;
  // V8 tidies up the worker's and the spare's heaps once, some 10 to 30 s after they were filled.
  await sleep(60_000);
  const before = cpuSecondsOf(pid);
  await sleep(seconds * 1000);
  const share = ((cpuSecondsOf(pid) - before) / seconds) * 100;
  rows.push(['CPU of one core when idle, 5,000 files', `${share.toFixed(2)} %`, '0.5 %']);
}
