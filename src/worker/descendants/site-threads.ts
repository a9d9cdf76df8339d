import worker, { type WorkerOptions } from 'node:worker_threads';
import { PRELOAD_FLAGS } from './preload-flags.ts';

/**
 * `node:worker_threads` for the site's modules, in a process that was started without `PRELOAD_FLAGS`: threads of the
 * site get these flags. A thread that a package starts runs TypeScript as Node does.
 */
export function siteThreads(): typeof worker {
  class Worker extends worker.Worker {
    constructor(script: string | URL, options: WorkerOptions = {}) {
      super(script, { ...options, execArgv: options.execArgv ?? [...process.execArgv, ...PRELOAD_FLAGS] });
    }
  }
  return { ...worker, Worker };
}
