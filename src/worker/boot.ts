/**
 * The entry of a worker process: `boot.cjs ROLE` loads `ROLE/child/main` and the modules that it requires, from V8's
 * code cache.
 */

import { fileURLToPath } from 'node:url';
import '../loader/imports/native-import.ts'; // Loaded by Node, for those that are not.
import { ownCode } from './own-code.ts';

/** The arguments for the main module of a role. */
export interface WorkerMainOptions {
  /** Saves the compiled code of our own modules for the next process. It takes some milliseconds. */
  readonly saveCode: () => void;
}

/**
 * While this is set, `native-response.ts` does not load the runtime's `Response`. The loader loads it before it runs
 * code that may replace it.
 */
const IS_KEPT_LATER = Symbol.for('startproject.native-response-later');
const registry = globalThis as { [IS_KEPT_LATER]?: boolean };

const code = ownCode();
const [role] = process.argv.splice(2); // Removed from `argv`, so that the site sees no arguments.
const main = fileURLToPath(new URL(`../${role}/child/main.cjs`, import.meta.url));
registry[IS_KEPT_LATER] = true;
const worker = code.load(main) as { main(options: WorkerMainOptions): void };
delete registry[IS_KEPT_LATER];
worker.main({ saveCode: () => void code.save() });
