/**
 * Runs first in a worker, and in each thread and child process that the site starts with Node's options as they are: there
 * the site's TypeScript is loaded as in the worker.
 */

import { createRequire } from 'node:module';

/** It loads no more for this: a spare starts with every reload. */
const isWorker = /[\\/]worker[\\/]boot\.cjs$/.test(process.argv[1] ?? '');

if (!isWorker) {
  const require = createRequire(import.meta.url);
  // Node 20 only: `--require` runs this before the test runner reads which files are meant.
  if (process.execArgv.includes('--test') && process.versions.node.startsWith('20.')) {
    const { expandTestGlobs } = require('./test-globs.cjs') as typeof import('./test-globs.ts');
    process.argv.splice(1, process.argv.length, ...expandTestGlobs(process.argv.slice(1)));
  }
  const { isMainThread, parentPort } = require('node:worker_threads') as typeof import('node:worker_threads');
  // Node 20 only: the thread that hooks are called in runs nothing of the site.
  const isHooksThread = !isMainThread && parentPort === null;
  if (!isHooksThread)
    (require('./descendant.cjs') as typeof import('./descendant.ts')).installForDescendant();
}
