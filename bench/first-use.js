/**
 * What the first use of a part of Node, or of a package, takes a process: CPU time, each in fresh processes. The comments of
 * `src/` that say why something is loaded late mean these figures. `node first-use.js [RUNS]`.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { names } from './_first-use.cjs';
import { median, printRows } from './_measure.js';

const [runs = '20'] = process.argv.slice(2);
const probe = fileURLToPath(new URL('_first-use.cjs', import.meta.url));
const results = Object.fromEntries(names.map((name) => [name, []]));
for (let run = 0; run < Number(runs); run++) {
  for (const name of names)
    results[name].push(Number(spawnSync(process.execPath, [probe, name], { encoding: 'utf8' }).stdout));
}
printRows(
  Object.entries(results).map(([name, times]) => ({
    'first use of': name,
    'CPU, ms': median(times).toFixed(1),
    'least, ms': Math.min(...times).toFixed(1),
  })),
);
