import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mayUseInternals } from './probe.ts';

/** How many bytes of blocks are made from one collection to the next. */
const BYTES_BETWEEN = 8 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

/**
 * Has V8 collect the blocks of a stream that nobody has any more. By itself it lets 32 or 64 MiB of them lie, and the process
 * keeps what they took: 1 GiB of a body let it grow by 55 MiB, and by 11 with this (`bench/fastcgi.js scgi --gibibyte up`, Node 24).
 *
 * Undocumented, in Node 20 to 26: that a context which is made under V8's flag `--expose-gc` has a function `gc`. Without it
 * nothing is collected here.
 */
export class BlockCollector {
  #bytes = 0;
  #collect: Collect | undefined;

  /** Notes that a block of so many bytes is made. */
  made(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < BYTES_BETWEEN) return;
    this.#bytes = 0;
    this.#collect ??= findCollect() ?? (() => {});
    this.#collect({ type: 'minor' }); // the young objects alone, which takes about a millisecond
  }
}

function findCollect(): Collect | undefined {
  if (!mayUseInternals()) return undefined;
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as Collect;
  } catch {
    return undefined; // it is what was to be found out
  } finally {
    setFlagsFromString('--no-expose-gc'); // contexts of the site do not have it
  }
}
