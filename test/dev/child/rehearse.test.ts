import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { holdsExclusively } from '../../../src/dev/child/holdings.ts';
import { rehearse } from '../../../src/dev/child/rehearse.ts';

test('a spare that rehearses holds nothing: it may get its load meanwhile, and the next load would wait for its end', async () => {
  let isOver = false;
  const rehearsal = rehearse(() => false).finally(() => {
    isOver = true;
  });
  const found = new Set<boolean>();
  while (!isOver) {
    found.add(holdsExclusively());
    await setImmediate();
  }
  await rehearsal;
  expect([...found]).toEqual([false]);
});
