import { expect, test } from 'vitest';
import { reasonToRenew, requestLimit } from '../../../src/production/parent/recycling.ts';

const vitals = {
  requests: 10,
  openRequests: 0,
  connections: 0,
  rss: 100 * 2 ** 20,
  heapUsed: 0,
  heapLimit: 0,
  inHand: [],
};
const worker = {
  startedAt: 0,
  maxRequests: Number.POSITIVE_INFINITY,
  vitals,
  rssAtFirst: 50 * 2 ** 20,
};
const NO_LIMITS = { maxWorkerLifetimeMs: 0, maxMemory: 0 };

test('a worker without limits goes on for ever', () => {
  expect(reasonToRenew(worker, NO_LIMITS, 10 ** 12)).toBeUndefined();
});

test('a worker that has said nothing of itself is not renewed', () => {
  expect(reasonToRenew({ ...worker, vitals: undefined, maxRequests: 1 }, NO_LIMITS, 0)).toBeUndefined();
});

test.each([
  [{ maxRequests: 10 }, NO_LIMITS, '--max-requests'],
  [{}, { ...NO_LIMITS, maxWorkerLifetimeMs: 1_000 }, '--max-worker-lifetime'],
  [{}, { ...NO_LIMITS, maxMemory: 99 * 2 ** 20 }, '--max-memory'],
])('%j with the limits %j is renewed, and the flag is named', (own, limits, flag) => {
  expect(reasonToRenew({ ...worker, ...own }, limits, 1_000)).toContain(flag);
});

test.each([
  [{ maxRequests: 11 }, NO_LIMITS],
  [{}, { ...NO_LIMITS, maxWorkerLifetimeMs: 1_200 }],
  [{}, { ...NO_LIMITS, maxMemory: 100 * 2 ** 20 }],
])('%j within the limits %j goes on', (own, limits) => {
  expect(reasonToRenew({ ...worker, ...own }, limits, 1_000)).toBeUndefined();
});

test('a limit below what the site takes when it has loaded does not replace one worker after another', () => {
  const limits = { ...NO_LIMITS, maxMemory: 10 * 2 ** 20 };
  expect(reasonToRenew({ ...worker, rssAtFirst: 99 * 2 ** 20 }, limits, 0)).toBeUndefined();
  expect(reasonToRenew({ ...worker, rssAtFirst: 60 * 2 ** 20 }, limits, 0)).toContain('--max-memory');
});

test('workers that start in the same second have lifetimes that differ', () => {
  const limits = { ...NO_LIMITS, maxWorkerLifetimeMs: 100_000 };
  const ends = [1, 2, 3, 4].map((startedAt) => {
    let now = 0;
    while (reasonToRenew({ ...worker, startedAt }, limits, now) === undefined) now += 100;
    return now;
  });
  expect(new Set(ends).size).toBeGreaterThan(1);
  for (const end of ends) expect(end).toBeGreaterThanOrEqual(90_000);
  for (const end of ends) expect(end).toBeLessThanOrEqual(100_100);
});

test('the limit of requests has a random part', () => {
  expect(requestLimit(0, 50)).toBe(Number.POSITIVE_INFINITY);
  expect(requestLimit(100, 0)).toBe(100);
  expect(requestLimit(100, 50, () => 0)).toBe(100);
  expect(requestLimit(100, 50, () => 0.999)).toBe(150);
});
