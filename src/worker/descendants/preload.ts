/**
 * Runs first in a worker, and in each thread and child process that the site starts with unchanged Node options. There
 * it makes the site's TypeScript load as in the worker.
 */

import { createRequire } from 'node:module';

/**
 * A worker loads its own code, so nothing more is loaded here: a spare starts with every reload, and must start fast.
 */
const isWorker = /[\\/]worker[\\/]boot\.cjs$/.test(process.argv[1] ?? '');

if (!isWorker) {
  const require = createRequire(import.meta.url);
  // Node 20 only: `--require` runs this file before the test runner reads its file names.
  if (process.execArgv.includes('--test') && process.versions.node.startsWith('20.')) {
    const { expandTestGlobs } = require('./test-globs.cjs') as typeof import('./test-globs.ts');
    process.argv.splice(1, process.argv.length, ...expandTestGlobs(process.argv.slice(1)));
  }
  const { isMainThread, parentPort } = require('node:worker_threads') as typeof import('node:worker_threads');
  // Node 20 only: the thread for module hooks runs no code of the site.
  const isHooksThread = !isMainThread && parentPort === null;
  if (!isHooksThread)
    (require('./descendant.cjs') as typeof import('./descendant.ts')).installForDescendant();
}
