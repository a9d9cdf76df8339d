import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may pile up meanwhile. */
const GROWTH_BYTES = 2 * 2 ** 20;

interface Heap {
  usedBytes(): number;
  /** Takes some milliseconds, and gives memory back. */
  collect(): void;
}

/**
 * A function that keeps a process small that lives for days, to be called when no request waits. The sockets that pass
 * through outlive V8's quick collections, as all that has a handle of the system does. Left to itself, V8 lets 30 MiB
 * of them pile up before it looks for them.
 */
export function heapTidier({ usedBytes, collect }: Heap = v8Heap()): () => void {
  let atLast = usedBytes();
  return function tidyHeap() {
    if (usedBytes() - atLast < GROWTH_BYTES) return;
    collect();
    atLast = usedBytes();
  };
}

function v8Heap(): Heap {
  let collect: (() => void) | undefined;
  return {
    usedBytes: () => getHeapStatistics().used_heap_size,
    collect() {
      if (collect === undefined) {
        setFlagsFromString('--expose-gc'); // for contexts that are made from here on
        collect = runInNewContext('gc') as () => void;
        setFlagsFromString('--no-expose-gc');
      }
      collect();
    },
  };
}
