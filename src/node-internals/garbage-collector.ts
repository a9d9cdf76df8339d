import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mayUseInternals } from './probe.ts';

/** Without options it collects all that is unreachable, with `minor` among the young objects alone. */
export type CollectGarbage = (options?: { readonly type: 'minor' }) => void;

/**
 * V8's garbage collector, to be run when there is time for it; nothing is collected where it cannot be had.
 *
 * Undocumented, in Node 20 to 26: that a context which is made under V8's flag `--expose-gc` has a function `gc`.
 */
export function garbageCollector(): CollectGarbage {
  if (!mayUseInternals()) return () => {};
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as CollectGarbage;
  } catch {
    return () => {}; // it is what was to be found out
  } finally {
    setFlagsFromString('--no-expose-gc'); // contexts of the site do not have it
  }
}
