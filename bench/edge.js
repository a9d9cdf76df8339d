/**
 * The cost of an import of each edge build: CPU time in a fresh process, beyond that of an empty module. Minified, and
 * bundled in two ways: only what the import loads; and with all that is imported later (error pages) in the same file, as
 * a bundler without code splitting does it. `node edge.js [RUNS]`.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { median, printRows } from './_measure.js';

const EDGE = fileURLToPath(new URL('../dist/edge', import.meta.url));
const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const ENTRIES = Object.keys(exports)
  .filter((name) => exports[name]['edge-light'])
  .map((name) => name.slice(2));
/** Node loads its web classes when they are first named, for 15 ms. Runtimes of the edge have them already. */
const IMPORT = `
  [Response, Request, Headers, fetch, navigator.userAgent];
  await import('data:text/javascript,export default 0');
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1000));`;

const withoutLater = {
  name: 'without-later',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};
const BUNDLES = { loaded: [withoutLater], whole: [] };

const [runs = '20'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-edge-'));
try {
  const modules = [{ name: 'empty', file: path.join(folder, 'empty.mjs'), results: [] }];
  writeFileSync(modules[0].file, 'export default 1;');
  for (const name of ENTRIES) {
    for (const [kind, plugins] of Object.entries(BUNDLES)) {
      const file = path.join(folder, `${name.replace('/', '-')}-${kind}.mjs`);
      const entryPoints = [path.join(EDGE, `${name}.js`)];
      const output = { outfile: file, bundle: true, minify: true, format: 'esm', logLevel: 'error' };
      await build({ entryPoints, plugins, ...output });
      modules.push({ name, kind, file, results: [] });
    }
  }
  for (let run = 0; run < Number(runs); run++) {
    for (const { file, results } of modules) {
      const args = ['--input-type=module', '-e', IMPORT, pathToFileURL(file).href];
      results.push(Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout));
    }
  }
  const [empty] = modules;
  printRows(
    ENTRIES.map((name) => ({
      'edge build': `startproject/${name}`,
      ...columns(
        '',
        modules.find((one) => one.name === name && one.kind === 'loaded'),
      ),
      ...columns(
        'one file, ',
        modules.find((one) => one.name === name && one.kind === 'whole'),
      ),
    })),
  );

  function columns(title, { file, results }) {
    return {
      [`${title}KB`]: (statSync(file).size / 1000).toFixed(1),
      [`${title}ms`]: (median(results) - median(empty.results)).toFixed(1),
      [`${title}least ms`]: (Math.min(...results) - Math.min(...empty.results)).toFixed(1),
    };
  }
} finally {
  rmSync(folder, { recursive: true });
}
