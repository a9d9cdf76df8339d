import { expect, test, vi } from 'vitest';
import { Heartbeat, SILENCE_MS } from '../../src/arbiter/heartbeat.ts';
import type { DevWorkerHandle } from '../../src/dev/parent/dev-worker-handle.ts';
import { useFakeTimers } from '../dev/parent/_arbiter.ts';
import { FakeWorker } from '../dev/parent/_fake-worker.ts';

/** A worker that says nothing by itself, and how often it was found to be silent. */
function watched() {
  useFakeTimers();
  const worker = new FakeWorker();
  worker.hangsAt = 'somewhere';
  const silences: unknown[] = [];
  const heartbeat = new Heartbeat<DevWorkerHandle>((silent) => silences.push(silent));
  heartbeat.watch(worker.handle);
  return { worker, silences, heartbeat };
}

test('a worker without work gets no further ping after its answer', () => {
  const { worker, heartbeat } = watched();
  vi.advanceTimersByTime(500);
  heartbeat.answered(worker.handle, false);
  vi.advanceTimersByTime(60_000);
  expect(worker.all('ping')).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a worker that got more work since the last ping gets another ping', () => {
  const { worker, heartbeat } = watched();
  vi.advanceTimersByTime(500);
  heartbeat.watch(worker.handle);
  heartbeat.answered(worker.handle, false);
  vi.advanceTimersByTime(500);
  expect(worker.all('ping')).toHaveLength(2);
});

test('a busy worker that answers is never silent', () => {
  const { worker, silences, heartbeat } = watched();
  for (let n = 0; n < 100; n++) {
    vi.advanceTimersByTime(500);
    heartbeat.answered(worker.handle, true);
  }
  expect([worker.all('ping').length, silences]).toEqual([100, []]);
});

test('silence is reported once, after the limit', () => {
  const { worker, silences, heartbeat } = watched();
  vi.advanceTimersByTime(SILENCE_MS - 1);
  expect([silences, heartbeat.isSilent(worker.handle)]).toEqual([[], false]);
  vi.advanceTimersByTime(1);
  expect([silences, heartbeat.isSilent(worker.handle)]).toEqual([[worker], true]);
  heartbeat.watch(worker.handle);
  vi.advanceTimersByTime(60_000);
  expect([silences.length, worker.all('ping').length]).toEqual([1, 1]);
});

test('a second period of silence is reported again', () => {
  const { worker, silences, heartbeat } = watched();
  vi.advanceTimersByTime(SILENCE_MS);
  heartbeat.answered(worker.handle, true);
  expect(heartbeat.isSilent(worker.handle)).toBe(false);
  vi.advanceTimersByTime(SILENCE_MS);
  expect(silences).toHaveLength(2);
});

test('the answer of another worker has no effect', () => {
  const { silences, heartbeat } = watched();
  vi.advanceTimersByTime(500);
  heartbeat.answered(new FakeWorker().handle, false);
  vi.advanceTimersByTime(SILENCE_MS);
  expect(silences).toHaveLength(1);
});

test('workers are watched independently, and a forgotten worker is watched no more', () => {
  const { worker, silences, heartbeat } = watched();
  const [second, third] = [new FakeWorker(), new FakeWorker()];
  heartbeat.watch(second.handle);
  heartbeat.watch(third.handle);
  vi.advanceTimersByTime(500);
  heartbeat.answered(second.handle, true);
  heartbeat.forget(third.handle);
  vi.advanceTimersByTime(SILENCE_MS - 500);
  expect(silences).toEqual([worker]);
  expect([heartbeat.isSilent(second.handle), heartbeat.isSilent(third.handle)]).toEqual([false, false]);
  vi.advanceTimersByTime(500);
  expect(silences).toEqual([worker, second]);
});
