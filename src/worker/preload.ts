/**
 * Runs first in a worker, and in each thread and child process that the site starts with Node's options as they are: there
 * the site's TypeScript is loaded as in the worker.
 */

import { createRequire } from 'node:module';
import { isMainThread, parentPort } from 'node:worker_threads';

const isWorker = isMainThread && /[\\/]worker[\\/]boot\.cjs$/.test(process.argv[1] ?? '');
/** The thread that Node 20 calls hooks in: it runs nothing of the site. */
const isHooksThread = !isMainThread && parentPort === null;

if (!isWorker && !isHooksThread) {
  const require = createRequire(import.meta.url);
  (require('./descendant.cjs') as typeof import('./descendant.ts')).installForDescendant();
}
