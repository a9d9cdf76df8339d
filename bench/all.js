/**
 * All that `bench/README.md` says of each runtime: `node all.js` measures on Node 24, Node 26, Bun, Deno and Node 20 in turn,
 * and writes each table between its markers. `--quick` does one round of each, to see that it works, and prints the tables.
 * `--file PATH` writes to another file, also with `--quick`.
 *
 * The programs come from STARTPROJECT_TEST_NODE_24 and the like, STARTPROJECT_TEST_BUN and STARTPROJECT_TEST_DENO. What is
 * missing is left as it was. Takes 25 minutes, and wants a machine that does nothing else.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
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
const runs = [
  { table: 'node-24', program: node24, args: ['wsgi.js', cases, rounds] },
  { table: 'node-24-at-rest', program: node24, args: ['production.js', 'at-rest'] },
  { table: 'node-24-edge', program: node24, args: ['edge.js', values.quick ? '2' : '20'] },
  { table: 'node-26', program: node26, args: ['wsgi.js', cases, rounds] },
  { table: 'bun', runtime: bun, program: bun && process.execPath, args: ['runtimes.js', rounds, 'bun'] },
  { table: 'deno', runtime: deno, program: deno && process.execPath, args: ['runtimes.js', rounds, 'deno'] },
  { table: 'node-20', program: node20, args: ['wsgi.js', cases, rounds] },
];

for (const { table, program, runtime = program, args } of runs) {
  if (program === undefined) {
    process.stderr.write(`${table}: there is no such program, so its table stays.\n`);
    continue;
  }
  const [load] = os.loadavg();
  const text = `${made(runtime, load)}\n\n${await outputOf(program, args)}`;
  if (file === undefined) process.stdout.write(`${table}\n\n${text}\n`);
  else writeFileSync(file, withTable(readFileSync(file, 'utf8'), table, text));
}

function nodeOf(major) {
  const isThis = process.versions.node.startsWith(`${major}.`);
  return isThis ? process.execPath : process.env[`STARTPROJECT_TEST_NODE_${major}`];
}

/** Under which conditions: the least that a reader has to know. */
function made(runtime, load) {
  const [version] = execFileSync(runtime, ['--version'], { encoding: 'utf8' }).split('\n');
  const month = new Date().toLocaleDateString('en', { month: 'long', year: 'numeric' });
  const cpu = os.cpus()[0].model.trim();
  return `${month}, ${version}, ${rounds} ${rounds === '1' ? 'round' : 'rounds'}, ${os.cpus().length} cores (${cpu}), load at the start ${load.toFixed(1)}.`;
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
