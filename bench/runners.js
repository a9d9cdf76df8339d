/**
 * Ways to run a site's modules in a fresh process that could get ready: from "go" to what the entry exports.
 * `node runners.js [modules,modules] [runs] [node,node]`, the last being other Node binaries to measure with.
 *
 * Each has all files read and transformed before, and does what else it can ahead of time.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { median } from './_measure.js';
import { SHAPES, writeSite } from './_site.js';

const require = createRequire(import.meta.url);

/** Each gets ready for a site and returns what imports its entry. */
const RUNNERS = {
  'our module graph': async (folder) => {
    const { SiteRuntime } = require('../dist/chunks/site-runtime.cjs');
    const runtime = new SiteRuntime(folder, () => {});
    await runtime.warm({ packages: [], entries: [path.join(folder, 'app.ts')] });
    return async () => (await runtime.install([]).importModule('app')).exports;
  },
  'vm.SourceTextModule': async (folder) => {
    const modules = new Map();
    for (const [file, code] of transformed(folder))
      modules.set(file, new vm.SourceTextModule(code, { identifier: file }));
    const entry = modules.get(path.join(folder, 'app.ts'));
    await entry.link((specifier, { identifier }) =>
      modules.get(path.resolve(path.dirname(identifier), specifier)),
    );
    return async () => {
      await entry.evaluate();
      return entry.namespace;
    };
  },
  'module.registerHooks()': async (folder) => {
    if (module.registerHooks === undefined) return undefined;
    const sources = transformed(folder);
    module.registerHooks({
      load(url, context, next) {
        const source = url.startsWith('file:') ? sources.get(fileURLToPath(url)) : undefined;
        return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
      },
    });
    return () => import(pathToFileURL(path.join(folder, 'app.ts')).href);
  },
  'module.register()': async (folder) => {
    const sources = Object.fromEntries(
      [...transformed(folder)].map(([file, code]) => [pathToFileURL(file).href, code]),
    );
    const hooks = `let sources;
export function initialize(data) { sources = data; }
export function load(url, context, next) {
  const source = sources[url];
  return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
}`;
    module.register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: sources });
    return () => import(pathToFileURL(path.join(folder, 'app.ts')).href);
  },
};

const [first, ...rest] = process.argv.slice(2);
if (first === '--child') await measureHere(rest[0], rest[1]);
else measureAll(first ?? '1,100,1000', rest[0] ?? '7', [process.execPath, ...(rest[1]?.split(',') ?? [])]);

async function measureHere(name, folder) {
  const run = await RUNNERS[name](folder);
  if (run === undefined) return;
  await sleep(200);
  const startedAt = performance.now();
  const { render } = await run();
  const took = performance.now() - startedAt;
  if (!render().startsWith('v0|')) throw new Error('the site did not load');
  process.stdout.write(String(took));
  process.exit();
}

function measureAll(sizes, runs, nodes) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-runners-'));
  const lines = [];
  try {
    for (const size of sizes.split(',')) {
      const site = path.join(folder, size);
      writeSite(site, Number(size), { fan: SHAPES.wide });
      for (const node of nodes) {
        const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
        const results = new Map(Object.keys(RUNNERS).map((name) => [name, []]));
        for (let run = 0; run < Number(runs); run++)
          for (const [name, times] of results) {
            const script = fileURLToPath(import.meta.url);
            const flags = ['--no-warnings', '--experimental-vm-modules'];
            const out = execFileSync(node, [...flags, script, '--child', name, site], { encoding: 'utf8' });
            if (out !== '') times.push(Number(out));
          }
        for (const [name, times] of results)
          lines.push([size, version, name, times.length > 0 ? median(times).toFixed(1) : 'not there']);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write('| modules | node | runner | ms |\n| --- | --- | --- | --- |\n');
  for (const line of lines) process.stdout.write(`| ${line.join(' | ')} |\n`);
}

/** Every module of a site as JavaScript, by its path. */
function transformed(folder) {
  const { transformSync } = require('oxc-transform');
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts'));
  return new Map(
    files.map((name) => {
      const file = path.join(folder, name);
      return [file, transformSync(file, readFileSync(file, 'utf8'), { sourcemap: false }).code];
    }),
  );
}
