/** What the benchmarks share: starting things, asking them for pages, and saying how long it took. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 2;

// Node 20 parses such a bundle at every start, 85 ms of CPU each time.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Starts a command in a process group of its own, so that all it starts can be ended with it. */
export function start(command, args, { cwd, env: extra = {}, stdio = 'ignore' } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, NO_COLOR: '1', ...extra },
    stdio,
    detached: true,
  });
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

const started = new Set();
/** A run that takes too long is ended by this, and what it has started with it. */
process.once('SIGTERM', async () => {
  await Promise.all(Array.from(started, stop));
  process.exit(143);
});

export async function stop(child) {
  const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
  await exit;
}

/** How long a command takes from its start to its end, in ms. */
export async function timeProcess(command, args, options) {
  const startedAt = performance.now();
  const child = start(command, args, options);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return performance.now() - startedAt;
}

/** Asks on a new connection; resolves to the answer's text, or undefined when there is none. */
export function ask(port, path = '/') {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1');
    socket.setEncoding('latin1');
    socket.on('connect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(text === '' ? undefined : text));
  });
}

/** Asks again and again until an answer passes. Returns when that was. */
export async function untilAnswer(port, passes, deadlineMs = 30_000) {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    const answer = await ask(port);
    if (answer !== undefined && passes(answer)) return performance.now();
    await sleep(POLL_MS);
  }
  throw new Error(`no such answer on port ${port} within ${deadlineMs} ms`);
}

// Below the ephemeral range: polling a closed port of that range can connect to itself.
let nextPort = 12_000 + (process.pid % 10_000);
export const freePort = () => ++nextPort;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs the candidates in turn, in an order that rotates, so that a slow moment of the machine hits all. */
export async function inTurn(candidates, runs, measure) {
  const results = new Map(candidates.map(({ name }) => [name, []]));
  // A first run fills caches and is not counted.
  for (const candidate of candidates) await measure(candidate, { isFirst: true });
  for (let run = 0; run < runs; run++) {
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[(i + run) % candidates.length];
      results.get(candidate.name).push(await measure(candidate));
    }
  }
  return results;
}

/** One table: median, least and most in ms, and the difference and ratio to the first row. */
export function printTable(title, results) {
  const [[, floor]] = results;
  const rows = [...results].map(([name, values]) => ({
    [title]: name,
    'median ms': median(values).toFixed(1),
    min: Math.min(...values).toFixed(1),
    max: Math.max(...values).toFixed(1),
    'over the first': `+${(median(values) - median(floor)).toFixed(1)}`,
    ratio: (median(values) / median(floor)).toFixed(2),
  }));
  const columns = Object.keys(rows[0]);
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  process.stdout.write(`${line(columns)}\n|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`);
  for (const row of rows) process.stdout.write(`${line(columns.map((column) => row[column]))}\n`);
}

/** The pids of a process and all that descend from it. Linux only. */
export function processesOf(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const belongs = (pid) =>
    pid === root || (parents.has(pid) && parents.get(pid) > 1 && belongs(parents.get(pid)));
  return [...parents.keys()].filter(belongs);
}

/** Proportional memory (PSS) of a process and all that descend from it, in MiB. Linux only. */
export function memoryOf(root) {
  let kib = 0;
  for (const pid of processesOf(root)) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]);
    } catch {
      // It ended while we looked.
    }
  }
  return Math.round(kib / 1024);
}

/** How many descriptors a process has open. Linux only. */
export function descriptorsOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** CPU time that a process and all that descend from it have used, in s. Linux only. */
export function cpuSecondsOf(root) {
  const ticks = processesOf(root).map((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[11]) + Number(fields[12]);
    } catch {
      return 0; // It ended while we looked.
    }
  });
  return ticks.reduce((sum, value) => sum + value, 0) / 100;
}

/** Prints a table of texts, without columns that are empty. */
export function printRows(table) {
  const columns = Object.keys(table[0]).filter((column) => table.some((row) => row[column] !== ''));
  const widths = columns.map((column) => Math.max(column.length, ...table.map((row) => row[column].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  process.stdout.write(`${line(columns)}\n|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`);
  for (const row of table) process.stdout.write(`${line(columns.map((column) => row[column]))}\n`);
}
