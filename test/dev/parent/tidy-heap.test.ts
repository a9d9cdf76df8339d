import { expect, test } from 'vitest';
import { heapTidier } from '../../../src/dev/parent/tidy-heap.ts';
import { garbageCollector } from '../../../src/node-internals/garbage-collector.ts';

const MIB = 2 ** 20;

class FakeHeap {
  used = 10 * MIB;
  collections = 0;
  usedBytes = () => this.used;
  collect = () => {
    this.collections += 1;
    this.used = 10.5 * MIB;
  };
}

test('a heap that has hardly grown is not collected', () => {
  const heap = new FakeHeap();
  const tidy = heapTidier(heap);
  heap.used += MIB;
  tidy();
  expect(heap.collections).toBe(0);
});

test('a heap that has grown is collected, and then may grow again', () => {
  const heap = new FakeHeap();
  const tidy = heapTidier(heap);
  heap.used += 3 * MIB;
  tidy();
  heap.used += 1.9 * MIB;
  tidy();
  expect(heap.collections).toBe(1);
  heap.used += MIB;
  tidy();
  expect(heap.collections).toBe(2);
});

test('V8 collects the garbage, and no global variable is left', () => {
  garbageCollector()(); // or V8 itself may free more of the rest meanwhile than this adds
  const tidy = heapTidier();
  let garbage: unknown[] | undefined = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  const finalized = new WeakRef(garbage);
  garbage = undefined;
  return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
    tidy();
    expect(finalized.deref()).toBeUndefined();
    expect('gc' in globalThis).toBe(false);
  });
});
