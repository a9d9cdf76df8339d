/** What turning a 30-line TypeScript file into JavaScript costs, for the transforms that run on Node 20. */

import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { median } from './_measure.js';
import { moduleText } from './_site.js';

const require = createRequire(import.meta.url);
const FILES = 1000;
const sources = Array.from({ length: FILES }, (_, k) => moduleText(k, FILES, { fan: 8 }));

/** Each is made by a function, since loading it is part of the price. */
const CANDIDATES = {
  'oxc-transform, types and modules': () => {
    const { transformSync, moduleRunnerTransformSync } = require('oxc-transform');
    return (source) =>
      moduleRunnerTransformSync('a.js', transformSync('a.ts', source, { sourcemap: true }).code, {
        sourcemap: true,
      });
  },
  'oxc-transform, types only': () => {
    const { transformSync } = require('oxc-transform');
    return (source) => transformSync('a.ts', source, { sourcemap: true });
  },
  'esbuild, to CommonJS': () => {
    const { transformSync } = require('esbuild');
    return (source) => transformSync(source, { loader: 'ts', format: 'cjs', sourcemap: 'external' });
  },
};

const rows = [];
for (const [name, load] of Object.entries(CANDIDATES)) {
  const startedAt = performance.now();
  const transform = load();
  transform(sources[0]);
  const first = performance.now() - startedAt;
  // A call of esbuild's is a message to its own process: fewer of them tell as much.
  const count = name.startsWith('esbuild') ? 100 : FILES;
  const times = sources.slice(0, count).map((source) => {
    const before = performance.now();
    transform(source);
    return performance.now() - before;
  });
  const total = (times.reduce((sum, time) => sum + time, 0) * FILES) / count;
  rows.push(`| ${name} | ${first.toFixed(1)} | ${median(times).toFixed(3)} | ${total.toFixed(0)} |`);
}
process.stdout.write(
  '| transform | load and first file, ms | one file, ms | 1,000 files, ms |\n|---|---|---|---|\n',
);
process.stdout.write(`${rows.join('\n')}\n`);
process.exit();
