import { afterAll, expect, test, vi } from 'vitest';
import { AccessClock } from '../../../src/production/logs/access-clock.ts';

vi.stubEnv('TZ', 'UTC');
afterAll(() => void vi.unstubAllEnvs());

test('it goes on from second to second, and back when the clock was set back', () => {
  let now = Date.UTC(2026, 10, 27, 23, 59, 59, 7);
  const clock = new AccessClock(() => now);
  const both = () => [clock.clf(), clock.iso()];
  expect(both()).toEqual(['[27/Nov/2026:23:59:59 +0000]', '2026-11-27T23:59:59.007Z']);
  now += 992;
  expect(both()).toEqual(['[27/Nov/2026:23:59:59 +0000]', '2026-11-27T23:59:59.999Z']);
  now += 1;
  expect(both()).toEqual(['[28/Nov/2026:00:00:00 +0000]', '2026-11-28T00:00:00.000Z']);
  now -= 3_600_000;
  expect(both()).toEqual(['[27/Nov/2026:23:00:00 +0000]', '2026-11-27T23:00:00.000Z']);
});
