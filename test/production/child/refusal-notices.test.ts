import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RefusalNotices } from '../../../src/production/child/refusal-notices.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('ten notices of a second are told, and how many more there were', () => {
  const told: string[] = [];
  const notices = new RefusalNotices((text) => told.push(text));
  for (let i = 0; i < 25; i++) notices.add(`refused ${i}`);
  expect(told).toEqual(Array.from({ length: 10 }, (_, i) => `refused ${i}`));
  vi.advanceTimersByTime(1_000);
  expect(told.slice(10)).toEqual(['15 more requests were refused within a second.']);
  notices.add('later');
  expect(told.at(-1)).toBe('later');
});

test('few notices are all told, and nothing else', () => {
  const told: string[] = [];
  const notices = new RefusalNotices((text) => told.push(text));
  notices.add('one');
  vi.advanceTimersByTime(1_000);
  notices.add('two');
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual(['one', 'two']);
});
