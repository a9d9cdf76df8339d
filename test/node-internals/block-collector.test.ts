import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { BlockCollector } from '../../src/node-internals/block-collector.ts';

const MIB = 2 ** 20;

/** The most that blocks take which nobody has any more. */
function mostGarbage(made: (bytes: number) => void): number {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < 4_096; i++) {
    const block = Buffer.allocUnsafeSlow(32 * 1024);
    made(block.length);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  return most;
}

test('blocks that nobody has any more take less than V8 would let lie', () => {
  const blocks = new BlockCollector();
  const most = Math.min(...[1, 2, 3].map(() => mostGarbage((bytes) => blocks.made(bytes))));
  expect(most).toBeLessThan(20 * MIB);
  expect(mostGarbage(() => {})).toBeGreaterThan(24 * MIB);
});

test('other contexts have no function of V8 by it', () => {
  new BlockCollector().made(100 * MIB);
  expect(runInNewContext('typeof gc')).toBe('undefined');
});
