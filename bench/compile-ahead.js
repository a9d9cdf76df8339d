/**
 * What a reload takes the new process from the change to the first response, when the functions of the modules that have not
 * changed were compiled before (as `ModuleGraph.prepare()` does), and when V8 compiles each at its first call: CPU time of the
 * main thread, each in fresh processes (Node 24 and later). `node compile-ahead.js [MODULES] [RUNS]`.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { SiteRuntime } from '../dist/chunks/site-runtime.cjs';
import { median, printRows } from './_measure.js';
import { editors, leafOf, RUNSERVER_SITE, SHAPES, writeSite } from './_site.js';

const [modules = '1000', runs = '15', kind, root] = process.argv.slice(2);
const SHAPE = { fan: SHAPES.wide };
if (kind === undefined) measureAll();
else process.stdout.write(JSON.stringify(await load(kind)));

function measureAll() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-compile-ahead-'));
  const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, '.cache') };
  const run = (what) =>
    JSON.parse(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), modules, runs, what, folder], { env }),
    );
  try {
    writeSite(folder, Number(modules), SHAPE);
    for (const [name, text] of Object.entries(RUNSERVER_SITE)) writeFileSync(path.join(folder, name), text);
    run('ahead'); // fills the transform cache
    const results = { ahead: [], later: [] };
    for (let i = 0; i < Number(runs); i++)
      for (const [name, list] of Object.entries(results)) list.push(run(name));
    printRows(
      Object.entries(results).map(([name, list]) => ({
        compiled: name,
        'reload, CPU ms': median(list.map(({ reload }) => reload)).toFixed(1),
        least: Math.min(...list.map(({ reload }) => reload)).toFixed(1),
        'prepare, CPU ms': median(list.map(({ prepare }) => prepare)).toFixed(0),
      })),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(when) {
  if (when === 'later') v8.setFlagsFromString = () => {};
  const runtime = new SiteRuntime(root, () => {});
  const prepare = await timed(() => runtime.warm({ packages: [], entries: [path.join(root, 'wsgi.ts')] }));
  const { leaf } = editors(root, Number(modules), SHAPE);
  leaf(`v${Date.now()}`);
  const reload = await timed(async () => {
    const loader = runtime.install([path.join(root, `m/m${leafOf(Number(modules), SHAPE.fan)}.ts`)]);
    const { exports } = await loader.importModule('wsgi');
    exports.application({}, () => {});
  });
  runtime.saveCache();
  return { prepare, reload };
}

async function timed(work) {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
