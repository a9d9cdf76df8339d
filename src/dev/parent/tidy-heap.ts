import { getHeapStatistics } from 'node:v8';
import { type CollectGarbage, garbageCollector } from '../../node-internals/garbage-collector.ts';

/** The size of the garbage that may accumulate between two collections. */
const GROWTH_BYTES = 2 * 2 ** 20;

interface Heap {
  usedBytes(): number;
  /** Collects garbage and returns memory to the system. It takes some milliseconds. */
  collect(): void;
}

/**
 * Creates a function that keeps the heap of a long-running process small. Call it when no request waits. Sockets
 * survive V8's minor collections, as all objects with a system handle do, so V8 would keep up to 30 MiB of them until a
 * major collection.
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
  let collectGarbage: CollectGarbage | undefined;
  return {
    usedBytes: () => getHeapStatistics().used_heap_size,
    collect() {
      collectGarbage ??= garbageCollector();
      collectGarbage();
    },
  };
}
