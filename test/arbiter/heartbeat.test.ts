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

test('a worker that is done when it is asked is asked no more', () => {
  const { worker, heartbeat } = watched();
  vi.advanceTimersByTime(500);
  heartbeat.answered(worker.handle, false);
  vi.advanceTimersByTime(60_000);
  expect(worker.all('ping')).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('one that got more to do since it was asked is asked again', () => {
  const { worker, heartbeat } = watched();
  vi.advanceTimersByTime(500);
  heartbeat.watch(worker.handle);
  heartbeat.answered(worker.handle, false);
  vi.advanceTimersByTime(500);
  expect(worker.all('ping')).toHaveLength(2);
});

test('one that is busy and answers is not silent, however long it takes', () => {
  const { worker, silences, heartbeat } = watched();
  for (let n = 0; n < 100; n++) {
    vi.advanceTimersByTime(500);
    heartbeat.answered(worker.handle, true);
  }
  expect([worker.all('ping').length, silences]).toEqual([100, []]);
});

test('silence is told once, when its time has come', () => {
  const { worker, silences, heartbeat } = watched();
  vi.advanceTimersByTime(SILENCE_MS - 1);
  expect([silences, heartbeat.isSilent(worker.handle)]).toEqual([[], false]);
  vi.advanceTimersByTime(1);
  expect([silences, heartbeat.isSilent(worker.handle)]).toEqual([[worker], true]);
  heartbeat.watch(worker.handle);
  vi.advanceTimersByTime(60_000);
  expect([silences.length, worker.all('ping').length]).toEqual([1, 1]);
});

test('a second silence is told again', () => {
  const { worker, silences, heartbeat } = watched();
  vi.advanceTimersByTime(SILENCE_MS);
  heartbeat.answered(worker.handle, true);
  expect(heartbeat.isSilent(worker.handle)).toBe(false);
  vi.advanceTimersByTime(SILENCE_MS);
  expect(silences).toHaveLength(2);
});

test('the answer of another worker counts for nothing', () => {
  const { silences, heartbeat } = watched();
  vi.advanceTimersByTime(500);
  heartbeat.answered(new FakeWorker().handle, false);
  vi.advanceTimersByTime(SILENCE_MS);
  expect(silences).toHaveLength(1);
});

test('each worker is watched on its own, and one that is forgotten no more', () => {
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
