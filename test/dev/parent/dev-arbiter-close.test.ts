import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Harness, serving, turns, useFakeTimers } from './_arbiter.ts';

test('close() ends every worker: the current one, the spare and the retiring ones', async () => {
  const harness = await serving();
  harness.arbiter.reload();
  harness.load(harness.spare, 'a.ts');
  await harness.booted(2);
  const closed = harness.arbiter.close('SIGINT');
  const last = harness.workers.map((worker) => worker.all('retire').at(-1));
  expect(last.map((message) => message?.drainMs)).toEqual([0, 0, 0]);
  expect(last[2]!.signal).toBe('SIGINT');
  for (const worker of harness.workers) worker.exit();
  await closed;
});

test('close() kills a worker that does not answer', async () => {
  const harness = await serving();
  useFakeTimers();
  const closed = harness.arbiter.close();
  vi.advanceTimersByTime(1_000);
  expect(harness.workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(harness.workers.map(({ isKilled }) => isKilled)).toEqual([true, true]);
  for (const worker of harness.workers) worker.exit({ signal: 'SIGKILL' });
  await closed;
});

test('close() kills a worker that has not started yet', async () => {
  const harness = new Harness({});
  const first = await harness.start();
  void harness.arbiter.close();
  expect(first.isKilled).toBe(true);
});

test('close() closes the waiting connections, and accepts no more', async () => {
  const harness = new Harness({});
  await harness.start();
  const waiting = await harness.connect();
  await turns();
  const closed = once(waiting, 'close');
  void harness.arbiter.close();
  await closed;
  await expect(harness.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('close() closes the watcher', async () => {
  const harness = await serving();
  void harness.arbiter.close();
  expect(harness.watcher.isClosed).toBe(true);
});

test('no event after close() starts a worker', async () => {
  const harness = await serving();
  useFakeTimers();
  void harness.arbiter.close();
  for (const worker of harness.workers) worker.exit({ signal: 'SIGKILL' });
  harness.arbiter.reload();
  writeFileSync(harness.path('a.ts'), '2');
  vi.advanceTimersByTime(60_000);
  await turns();
  expect(harness.workers).toHaveLength(2);
  expect(harness.report.notices).toEqual([]);
});

test('close() cancels the delayed start of another worker', async () => {
  useFakeTimers();
  const harness = new Harness({});
  const first = await harness.start();
  first.exit({ code: 1 });
  void harness.arbiter.close();
  vi.advanceTimersByTime(60_000);
  expect(harness.workers).toHaveLength(1);
});

test('close() can be called twice', async () => {
  const harness = await serving();
  void harness.arbiter.close();
  void harness.arbiter.close();
});
