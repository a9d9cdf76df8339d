import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FairShare } from '../../../../src/production/parent/accepting/fair-share.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const VITALS = { openRequests: 0, rss: 0, heapUsed: 0, heapLimit: 0, inHand: [] };

class FakeWorker {
  readonly name: string;
  vitals: typeof VITALS & { requests: number; connections: number };
  shed = 0;

  constructor(name: string) {
    this.name = name;
    this.vitals = { ...VITALS, requests: 0, connections: 0 };
  }

  send(message: { readonly type: string; readonly connections?: number }): void {
    if (message.type === 'shed') this.shed = message.connections!;
  }
}

/** Workers a, b, c and so on that share a socket. */
function site(count: number) {
  const accepting = new Set<FakeWorker>();
  const socket = {
    giveTo: (worker: FakeWorker) => void accepting.add(worker),
    takeFrom: (worker: FakeWorker) => void accepting.delete(worker),
  };
  const share = new FairShare<FakeWorker>(() => [socket]);
  const workers = Array.from('abcdefgh'.slice(0, count), (name) => new FakeWorker(name));
  for (const worker of workers) share.join(worker);
  return {
    share,
    workers,
    report: (index: number, accepted: number, utilization = 0.1) =>
      share.report(workers[index]!, { accepted, utilization }),
    accepting: () =>
      [...accepting]
        .map(({ name }) => name)
        .sort()
        .join(''),
  };
}

test('a worker that has accepted more than its share rests until the others have caught up', () => {
  const { report, accepting } = site(2);
  report(0, 50);
  expect(accepting()).toBe('b');
  report(1, 30);
  expect(accepting()).toBe('b');
  report(1, 30);
  expect(accepting()).toBe('ab');
});

test('a worker that is little ahead goes on', () => {
  const { report, accepting } = site(2);
  report(1, 100);
  report(0, 104);
  expect(accepting()).toBe('ab');
});

test('half of the workers rest at the most, those that have accepted most', () => {
  const { report, accepting } = site(5);
  for (const [index, accepted] of [10, 60, 50, 40].entries()) report(index, accepted);
  expect(accepting()).toBe('ade');
});

test('nobody rests while the others have no time for more', () => {
  const { report, accepting } = site(2);
  report(1, 10, 0.6);
  report(0, 200, 0.6);
  expect(accepting()).toBe('ab');
});

test('all accept as soon as the workers become busy', () => {
  const { report, accepting } = site(2);
  report(0, 50);
  expect(accepting()).toBe('b');
  report(1, 10, 1);
  expect(accepting()).toBe('ab');
});

test('all accept when those that do not rest report nothing: they may be stuck', () => {
  const { report, accepting } = site(4);
  report(0, 50);
  report(1, 50);
  expect(accepting()).toBe('cd');
  vi.advanceTimersByTime(200);
  report(2, 1);
  vi.advanceTimersByTime(200);
  expect(accepting()).toBe('cd');
  vi.advanceTimersByTime(100);
  expect(accepting()).toBe('abcd');
  report(0, 50);
  expect(accepting()).toBe('abcd');
});

test('workers that were idle count as having time again', () => {
  const { share, report, accepting } = site(2);
  report(1, 10, 1);
  report(0, 100);
  share.beat();
  share.beat();
  report(0, 100);
  expect(accepting()).toBe('b');
});

test('a new worker begins with the share of the others, and does not get everything', () => {
  const { share, report, accepting } = site(2);
  report(0, 100);
  report(1, 100);
  share.join(new FakeWorker('new'));
  report(0, 5);
  expect(accepting()).toBe('abnew');
});

test('a worker that ends accepts no longer, and the last one never rests', () => {
  const { share, workers, report, accepting } = site(2);
  report(0, 50);
  share.leave(workers[1]!);
  expect(accepting()).toBe('a');
  report(0, 50);
  expect(accepting()).toBe('a');
});

test('a worker with more than its share of the connections ends some, and rests', () => {
  const { share, workers, accepting } = site(2);
  Object.assign(workers[0]!.vitals, { connections: 40, requests: 100 });
  Object.assign(workers[1]!.vitals, { connections: 24, requests: 60 });
  share.beat();
  expect(workers.map(({ shed }) => shed)).toEqual([8, 0]);
  expect(accepting()).toBe('b');
});

test('connections stay where they are while nobody sends requests, and while they are nearly even', () => {
  const { share, workers } = site(2);
  Object.assign(workers[0]!.vitals, { connections: 9, requests: 5 });
  Object.assign(workers[1]!.vitals, { connections: 8 });
  share.beat();
  workers[0]!.vitals.connections = 40;
  share.beat();
  expect(workers.map(({ shed }) => shed)).toEqual([0, 0]);
});
