/**
 * What runserver's log lines cost: a hello with lines, with JSON, and by a copy of the build that logs no requests. The CPU is that
 * of the arbiter and its workers; the lines go to a file. `node log-lines.js [ROUNDS]`
 */

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { burst, pinned } from './_load.js';
import { freePort, median, start, stop, untilAnswer } from './_measure.js';
import { RUNSERVER_SITE } from './_site.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SECONDS = 1;
const TICK_US = 10_000;
// As a site sees a few browsers: each request has a connection of its own.
const LOAD = { connections: 4, headers: { Connection: 'close' } };

const [rounds = '8'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-log-lines-'));
// Beside the site's folder: the server watches that, and would be notified of each line.
const site = path.join(folder, 'site');
mkdirSync(site);
const servers = [];
try {
  for (const [name, text] of Object.entries(RUNSERVER_SITE)) writeFileSync(path.join(site, name), text);
  writeFileSync(path.join(site, 'app.ts'), "export const render = () => 'hello';\n");
  for (const [kind, from, flags] of [
    ['off', withoutLines(), []],
    ['text', PACKAGE, []],
    ['json', PACKAGE, ['--log-format', 'json']],
  ]) {
    const port = freePort();
    const words = [path.join(from, 'bin/runserver.js'), String(port), ...flags];
    const log = openSync(path.join(folder, `${kind}.log`), 'w');
    const child = start(...pinned(0, process.execPath, words), { cwd: site, stdio: ['ignore', log, log] });
    servers.push({ kind, port, child, cpu: [] });
    await untilAnswer(port, (answer) => answer.includes('hello'));
  }
  for (const server of servers) measure(server);
  for (let round = 0; round < Number(rounds); round++) {
    for (let i = 0; i < servers.length; i++) {
      const server = servers[(i + round) % servers.length];
      server.cpu.push(measure(server));
    }
  }
  const [off] = servers;
  process.stdout.write(`Node ${process.version}, ${rounds} rounds\n`);
  // The least is what a request takes where nobody else disturbs the caches; medians compare rounds that are neighbours.
  for (const { kind, cpu } of servers) {
    const ratio = median(cpu.map((value, round) => value / off.cpu[round]));
    const least = Math.min(...cpu);
    const leastRatio = least / Math.min(...off.cpu);
    process.stdout.write(
      `${kind.padEnd(5)} µs of CPU a request: median ${median(cpu).toFixed(1)} (${ratio.toFixed(3)}), least ${least.toFixed(1)} (${leastRatio.toFixed(3)})\n`,
    );
  }
} finally {
  for (const { child } of servers) await stop(child);
  rmSync(folder, { recursive: true });
}

/** A copy of the build whose workers report no request. */
function withoutLines() {
  const copy = path.join(folder, 'without');
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(path.join(PACKAGE, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(PACKAGE, 'node_modules'), path.join(copy, 'node_modules'));
  const file = path.join(copy, 'dist/dev/child/main.cjs');
  const text = readFileSync(file, 'utf8');
  const quiet = text.replace('onResponse: (record, error) => {', '$&\nreturn;');
  if (quiet === text) throw new Error(`There is no such line in ${file}.`);
  writeFileSync(file, quiet);
  return copy;
}

/** The CPU of a request, in µs. */
function measure({ port, child }) {
  const before = cpuOfTree(child.pid);
  const { requests } = burst(port, LOAD, SECONDS);
  return ((cpuOfTree(child.pid) - before) * TICK_US) / requests;
}

/** The ticks of a process and its children. */
function cpuOfTree(root) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  let ticks = 0;
  const queue = [root];
  for (const pid of queue) {
    ticks += processes.find((each) => each.pid === pid)?.ticks ?? 0;
    queue.push(...processes.filter(({ parent }) => parent === pid).map((each) => each.pid));
  }
  return ticks;
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    return []; // It has ended.
  }
}
