/**
 * What runserver's log lines cost, as text and as JSON. A copy of the build logs no requests for `/off`, so that one server is measured
 * with and without them in turn: two with the same code differ by up to 20 %. The CPU is that of the arbiter and its workers; the lines
 * go to a file. `node log-lines.js [ROUNDS]`
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
const OFF = '/off';
// As a site sees a few browsers: each request has a connection of its own.
const LOAD = { connections: 4, headers: { Connection: 'close' } };

const [rounds = '8'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-log-lines-'));
// In no folder above the site's: the server watches those, and would be notified of each line.
const logs = mkdtempSync(path.join(tmpdir(), 'bench-log-lines-logs-'));
const site = path.join(folder, 'site');
mkdirSync(site);
const servers = [];
try {
  for (const [name, text] of Object.entries(RUNSERVER_SITE)) writeFileSync(path.join(site, name), text);
  writeFileSync(path.join(site, 'app.ts'), "export const render = () => 'hello';\n");
  const build = quietAtOff();
  for (const [kind, flags] of [
    ['text', []],
    ['json', ['--log-format', 'json']],
  ]) {
    const port = freePort();
    const words = [path.join(build, 'bin/runserver.js'), String(port), ...flags];
    const log = openSync(path.join(logs, `${kind}.log`), 'w');
    const child = start(...pinned(0, process.execPath, words), { cwd: site, stdio: ['ignore', log, log] });
    servers.push({ kind, port, child, on: [], off: [] });
    await untilAnswer(port, (answer) => answer.includes('hello'));
  }
  for (const server of servers) for (const target of ['/', OFF]) measure(server, target);
  for (let round = 0; round < Number(rounds); round++) {
    for (const server of servers) {
      for (const target of round % 2 ? ['/', OFF] : [OFF, '/'])
        server[target === OFF ? 'off' : 'on'].push(measure(server, target));
    }
  }
  process.stdout.write(`Node ${process.version}, ${rounds} rounds\n`);
  for (const { kind, on, off } of servers) {
    const [cpu, perSecond] = ['cpu', 'perSecond'].map((name) => {
      const [with_, without] = [on, off].map((results) => results.map((result) => result[name]));
      const ratio = median(with_.map((value, round) => value / without[round]));
      return `${median(without).toFixed(0)} -> ${median(with_).toFixed(0)} (${ratio.toFixed(3)})`;
    });
    process.stdout.write(`${kind}  µs of CPU a request: ${cpu}, requests a second: ${perSecond}\n`);
  }
} finally {
  for (const { child } of servers) await stop(child);
  for (const each of [folder, logs]) rmSync(each, { recursive: true });
}

/** A copy of the build whose workers report no requests for `/off`. */
function quietAtOff() {
  const copy = path.join(folder, 'build');
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(path.join(PACKAGE, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(PACKAGE, 'node_modules'), path.join(copy, 'node_modules'));
  const file = path.join(copy, 'dist/dev/child/main.cjs');
  const text = readFileSync(file, 'utf8');
  const quiet = text.replace(
    'onResponse: (record, error) => {',
    `$&\nif (record.target === '${OFF}') return;`,
  );
  if (quiet === text) throw new Error(`There is no such line in ${file}.`);
  writeFileSync(file, quiet);
  return copy;
}

/** The CPU of a request, in µs, and how many were answered in a second. */
function measure({ port, child }, target) {
  const before = cpuOfTree(child.pid);
  const { requests, perSecond } = burst(port, { ...LOAD, path: target }, SECONDS);
  return { cpu: ((cpuOfTree(child.pid) - before) * TICK_US) / requests, perSecond };
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
