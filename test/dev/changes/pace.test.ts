import { expect, test } from 'vitest';
import { Pace } from '../../../src/dev/changes/pace.ts';

/** Work that takes `ms` of the processor, by a clock of its own. */
function paced(ms: number, { waits = 0 } = {}) {
  const clock = { now: 1_000, done: 0 };
  const pace = new Pace(
    () => clock.now,
    () => clock.done * ms,
  );
  const run = () =>
    pace.run(() => {
      clock.done += 1;
      clock.now += ms + waits;
    });
  return { clock, run };
}

test('the first work is done at once', () => {
  const { clock, run } = paced(20);
  expect([run(), clock.done]).toEqual([0, 1]);
});

test('expensive work is repeated only after a rest of five times its duration', () => {
  const { clock, run } = paced(20);
  run();
  expect([run(), clock.done]).toEqual([100, 1]);
  clock.now += 99;
  expect([run(), clock.done]).toEqual([1, 1]);
  clock.now += 1;
  expect([run(), clock.done]).toEqual([0, 2]);
});

test('very short work is repeated without a rest', () => {
  const { clock, run } = paced(0.19);
  for (let i = 0; i < 10; i++) expect(run()).toBe(0);
  expect(clock.done).toBe(10);
});

test('the time in which other processes use the processor does not count', () => {
  const { run } = paced(20, { waits: 500 });
  run();
  expect(run()).toBe(100);
});
