import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { BlockCollector } from '../../src/node-internals/block-collector.ts';
import { PulledBody } from '../../src/servers/request-body/pulled-body.ts';

const MIB = 2 ** 20;

/** The most that blocks take which nobody has any more. */
function mostGarbage(made: (block: Uint8Array) => void): number {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < 4_096; i++) {
    const block = Buffer.allocUnsafeSlow(32 * 1024);
    made(block);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  return most;
}

test('blocks that nobody has any more take less than V8 would let lie', () => {
  const blocks = new BlockCollector();
  const most = Math.min(...[1, 2, 3].map(() => mostGarbage((block) => blocks.made(block.length))));
  expect(most).toBeLessThan(20 * MIB);
  expect(mostGarbage(() => {})).toBeGreaterThan(24 * MIB);
});

test('so do blocks of a request that were read', () => {
  class Body extends PulledBody {
    protected isAtEnd = false;
    protected holdBack(): void {}
    protected goOn(): void {}

    receiveAndRead(block: Uint8Array): void {
      this.take(block);
      this.pull();
    }
  }
  const body = new Body(new BlockCollector());
  const most = Math.min(...[1, 2, 3].map(() => mostGarbage((block) => body.receiveAndRead(block))));
  expect(most).toBeLessThan(20 * MIB);
});

test('other contexts have no function of V8 by it', () => {
  new BlockCollector().made(100 * MIB);
  expect(runInNewContext('typeof gc')).toBe('undefined');
});
