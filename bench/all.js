/**
 * All that `bench/README.md` says of each runtime: `node all.js` measures on Node 24, Node 26, Bun, Deno and Node 20 in turn,
 * and writes each table between its markers. `--quick` does one round of each, to see that it works, and prints the tables.
 * `--file PATH` writes to another file, also with `--quick`.
 *
 * The programs come from STARTPROJECT_TEST_NODE_24 and the like, STARTPROJECT_TEST_BUN and STARTPROJECT_TEST_DENO. The table of
 * what is missing or fails is left as it was, which is said at the end. Takes 25 minutes, `--quick` 5, and wants a machine that
 * does nothing else.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const README = fileURLToPath(new URL('README.md', import.meta.url));
/** No run takes half as long. */
const MAX_RUN_MS = 20 * 60_000;
const MAX_END_MS = 15_000;

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, file: { type: 'string' } } });
const file = values.file ?? (values.quick ? undefined : README);
const rounds = values.quick ? '1' : '8';
const cases = values.quick ? 'hello,site' : 'hello,headers,echo,stream,site';

const [node24, node26, node20] = ['24', '26', '20'].map(nodeOf);
const { STARTPROJECT_TEST_BUN: bun, STARTPROJECT_TEST_DENO: deno } = process.env;
const times = `, ${rounds} ${rounds === '1' ? 'round' : 'rounds'}`;
const runs = [
  { table: 'node-24', program: node24, args: ['wsgi.js', cases, rounds] },
  { table: 'node-24-at-rest', program: node24, args: ['production.js', 'at-rest'] },
  { table: 'node-24-edge', program: node24, args: ['edge.js', values.quick ? '2' : '20'] },
  { table: 'node-26', program: node26, args: ['wsgi.js', cases, rounds] },
  { table: 'bun', runtime: bun, program: bun && process.execPath, args: ['runtimes.js', rounds, 'bun'] },
  { table: 'deno', runtime: deno, program: deno && process.execPath, args: ['runtimes.js', rounds, 'deno'] },
  { table: 'node-20', program: node20, args: ['wsgi.js', cases, rounds] },
];

const left = missingParts();
if (left.length === 0) {
  if (file !== undefined) for (const { table } of runs) withTable(readFileSync(file, 'utf8'), table, '');
  for (const run of runs) await measure(run).catch(({ message }) => left.push(`${run.table}: ${message}`));
}
if (left.length > 0) {
  process.stderr.write(`Not measured:\n${left.map((line) => `  ${line}\n`).join('')}`);
  process.exitCode = 1;
}

async function measure({ table, program, runtime = program, args }) {
  if (program === undefined) throw new Error('there is no such program here.');
  const [load] = os.loadavg();
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${table}\n`);
  const rounds = args.includes('wsgi.js') || args.includes('runtimes.js') ? times : '';
  const text = `${made(runtime, rounds, load)}\n\n${await outputOf(program, args)}`;
  if (file === undefined) process.stdout.write(`${table}\n\n${text}\n`);
  else writeFileSync(file, withTable(readFileSync(file, 'utf8'), table, text));
}

/** What no table can be made without. */
function missingParts() {
  const here = (name) => new URL(name, import.meta.url);
  const { dependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
  const peers = Object.keys(dependencies).filter((name) => !existsSync(here(`node_modules/${name}`)));
  const missing = [];
  if (!existsSync(here('../dist'))) missing.push('startproject is not built: npm run build');
  if (peers.length > 0) missing.push(`${peers.join(', ')} are not installed: npm --prefix bench install`);
  return missing;
}

function nodeOf(major) {
  const isThis = process.versions.node.startsWith(`${major}.`);
  return isThis ? process.execPath : process.env[`STARTPROJECT_TEST_NODE_${major}`];
}

/** Under which conditions: the least that a reader has to know. */
function made(runtime, rounds, load) {
  const told = execFileSync(runtime, ['--version'], { encoding: 'utf8' });
  const name = told.startsWith('v') ? 'Node' : told.startsWith('deno') ? 'Deno' : 'Bun';
  const version = `${name} ${/\d+\.\d+\.\d+/.exec(told)[0]}`;
  const month = new Date().toLocaleDateString('en', { month: 'long', year: 'numeric' });
  const cpu = os.cpus()[0].model.trim();
  return `${month}, ${version}${rounds}, ${os.cpus().length} cores (${cpu}), load at the start ${load.toFixed(1)}.`;
}

/** What a script prints. One that takes too long is ended, with all that it has started. */
async function outputOf(program, [script, ...args]) {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const child = spawn(program, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), MAX_RUN_MS),
    setTimeout(() => child.kill('SIGKILL'), MAX_RUN_MS + MAX_END_MS),
  ];
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (block) => {
    text += block;
  });
  const [code, signal] = await once(child, 'close');
  for (const timer of timers) clearTimeout(timer);
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} on ${program} ended with ${code ?? signal}.`);
  return text;
}

function withTable(readme, table, text) {
  const [begin, end] = [`<!-- ${table} -->`, `<!-- /${table} -->`];
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from) throw new Error(`The file has no ${begin} with an ${end} behind it.`);
  return `${readme.slice(0, from)}${begin}\n\n${text}\n${readme.slice(to)}`;
}
