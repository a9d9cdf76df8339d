import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AcceptReport, AcceptReports } from '../../../src/production/child/accept-reports.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

function counted() {
  const reports: AcceptReport[] = [];
  return { reports, accepts: new AcceptReports((report) => reports.push(report)) };
}

test('many connections are one report', () => {
  const { reports, accepts } = counted();
  for (let i = 0; i < 20; i++) accepts.count();
  expect(reports).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(reports).toEqual([{ accepted: 20, utilization: expect.any(Number) }]);
});

test('few connections are reported later, and once', () => {
  const { reports, accepts } = counted();
  accepts.count();
  vi.advanceTimersByTime(100);
  expect(reports).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(reports.map(({ accepted }) => accepted)).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('the next report counts from zero', () => {
  const { reports, accepts } = counted();
  for (const count of [8, 9]) {
    for (let i = 0; i < count; i++) accepts.count();
    vi.advanceTimersByTime(100);
  }
  expect(reports.map(({ accepted }) => accepted)).toEqual([8, 9]);
});
