/**
 * What the first use of a part of Node, or of a package, takes a process: CPU time, each in fresh processes. The comments of
 * `src/` that say why something is loaded late mean these figures. `node first-use.js [RUNS]`.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, printRows } from './_measure.js';

const USES = {
  Request: 'globalThis.Request',
  Headers: 'globalThis.Headers',
  Response: 'globalThis.Response',
  AsyncLocalStorage: `new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)().run(1, () => {})`,
  'node:crypto': `process.getBuiltinModule('node:crypto').createHash('sha256')`,
  'node:http': `process.getBuiltinModule('node:http').createServer`,
  'node:https': `process.getBuiltinModule('node:https').createServer`,
  'get-tsconfig': `require('get-tsconfig')`,
};

const [runs = '20'] = process.argv.slice(2);
const cwd = fileURLToPath(new URL('..', import.meta.url));
const results = Object.fromEntries(Object.keys(USES).map((name) => [name, []]));
for (let run = 0; run < Number(runs); run++) {
  for (const [name, use] of Object.entries(USES)) {
    const code = `const before = process.cpuUsage(); ${use}; const { user, system } = process.cpuUsage(before);
      process.stdout.write(String((user + system) / 1000));`;
    results[name].push(Number(spawnSync(process.execPath, ['-e', code], { cwd, encoding: 'utf8' }).stdout));
  }
}
printRows(
  Object.entries(results).map(([name, times]) => ({
    'first use of': name,
    'CPU, ms': median(times).toFixed(1),
    'least, ms': Math.min(...times).toFixed(1),
  })),
);
