/**
 * Entry of a worker process: `boot.cjs ROLE` loads `ROLE/child/main` and all that it requires, as V8 has compiled it
 * before.
 */

import { fileURLToPath } from 'node:url';
import '../loader/imports/native-import.ts'; // Loaded by Node, for those that are not.
import { ownCode } from './own-code.ts';

/** The arguments of the main module of a role. */
export interface WorkerMainOptions {
  /** Keeps what has been compiled of our own modules for the next process; it takes some milliseconds. */
  readonly saveCode: () => void;
}

/** The loader keeps the runtime's `Response` before code runs that could replace it: see `native-response.ts`. */
const IS_KEPT_LATER = Symbol.for('startproject.native-response-later');
const registry = globalThis as { [IS_KEPT_LATER]?: boolean };

const code = ownCode();
const [role] = process.argv.splice(2); // the site's own arguments are none
const main = fileURLToPath(new URL(`../${role}/child/main.cjs`, import.meta.url));
registry[IS_KEPT_LATER] = true;
const worker = code.load(main) as { main(options: WorkerMainOptions): void };
delete registry[IS_KEPT_LATER];
worker.main({ saveCode: () => void code.save() });
