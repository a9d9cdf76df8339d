import worker, { type WorkerOptions } from 'node:worker_threads';
import { PRELOAD_FLAGS } from './preload-flags.ts';

/**
 * `node:worker_threads` as the site's modules see it in a process that was started without `PRELOAD_FLAGS`. What a package
 * starts there runs TypeScript as Node does.
 */
export function siteThreads(): typeof worker {
  class Worker extends worker.Worker {
    constructor(script: string | URL, options: WorkerOptions = {}) {
      super(script, { ...options, execArgv: options.execArgv ?? [...process.execArgv, ...PRELOAD_FLAGS] });
    }
  }
  return { ...worker, Worker };
}
