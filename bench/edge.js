/**
 * What an import of each edge build takes: CPU time in a fresh process, beyond that of an empty module. Bundled into one
 * file and minified, as a bundler for the edge does it. `node edge.js [RUNS]`.
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

const [runs = '20'] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'bench-edge-'));
try {
  const modules = [{ name: 'empty', file: path.join(folder, 'empty.mjs'), results: [] }];
  writeFileSync(modules[0].file, 'export default 1;');
  for (const name of ENTRIES) {
    const outfile = path.join(folder, `${name.replace('/', '-')}.mjs`);
    const entryPoints = [path.join(EDGE, `${name}.js`)];
    await build({ entryPoints, outfile, bundle: true, minify: true, format: 'esm', logLevel: 'error' });
    modules.push({ name, file: outfile, results: [] });
  }
  for (let run = 0; run < Number(runs); run++) {
    for (const { file, results } of modules) {
      const args = ['--input-type=module', '-e', IMPORT, pathToFileURL(file).href];
      results.push(Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout));
    }
  }
  const empty = median(modules[0].results);
  printRows(
    modules.slice(1).map(({ name, file, results }) => ({
      'edge build': `startproject/${name}`,
      'one file, KB': (statSync(file).size / 1000).toFixed(1),
      'import, ms': (median(results) - empty).toFixed(1),
      'least, ms': (Math.min(...results) - Math.min(...modules[0].results)).toFixed(1),
    })),
  );
} finally {
  rmSync(folder, { recursive: true });
}
