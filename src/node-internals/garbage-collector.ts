import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mayUseInternals } from './probe.ts';

/** Collects all unreachable objects; with `minor`, only young ones. */
export type CollectGarbage = (options?: { readonly type: 'minor' }) => void;

/**
 * V8's garbage collector, which can then be run at a suitable time. If it is not available, the function does nothing.
 *
 * Undocumented, in Node 20 to 26: a context that is made under V8's flag `--expose-gc` has a function `gc`.
 */
export function garbageCollector(): CollectGarbage {
  if (!mayUseInternals()) return () => {};
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as CollectGarbage;
  } catch {
    return () => {}; // The failure is the result of the test.
  } finally {
    setFlagsFromString('--no-expose-gc'); // So that later contexts of the site do not have it.
  }
}
