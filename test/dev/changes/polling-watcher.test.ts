import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PollingWatcher } from '../../../src/dev/changes/polling-watcher.ts';

/** A watcher with a clock of its own: a look takes as long as is said. */
function polling(intervalMs: number, lookMs = 0, onLook: (watcher: PollingWatcher) => void = () => {}) {
  let clock = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const looks: number[] = [];
  const onPoll = () => {
    looks.push(clock);
    clock += lookMs;
    onLook(watcher);
  };
  const watcher = new PollingWatcher({ onTouch() {}, onError() {}, onPoll }, intervalMs, () => clock);
  const pass = (ms: number) => {
    for (let i = 0; i < ms; i++) {
      clock += 1;
      vi.advanceTimersByTime(1);
    }
  };
  return { watcher, looks, pass };
}

describe('PollingWatcher', () => {
  test('covers no file, since it looks later than a request may come', () => {
    expect(polling(100).watcher.watch()).toEqual([]);
  });

  test('looks every so often', () => {
    const { watcher, looks, pass } = polling(100);
    watcher.watch();
    pass(350);
    expect(looks).toEqual([100, 200, 300]);
  });

  test('looks for nothing before it is told to, nor when it is closed', () => {
    const { watcher, looks, pass } = polling(100);
    pass(200);
    watcher.watch();
    watcher.close();
    pass(200);
    expect(looks).toEqual([]);
  });

  test('rests after long looks, and the more the longer nothing has changed', () => {
    const { watcher, looks, pass } = polling(100, 25);
    watcher.watch();
    pass(120_000);
    const gaps = looks.slice(1).map((look, index) => look - looks[index]!);
    expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(250);
    expect(gaps.at(-1)).toBeGreaterThan(6_000);
    expect(gaps.at(-1)).toBeLessThan(6_400);
  });

  test('takes up speed when something has changed', () => {
    const { watcher, looks, pass } = polling(100, 25);
    watcher.watch();
    pass(120_000);
    watcher.watch();
    const before = looks.length;
    pass(101);
    expect(looks.length).toBe(before + 1);
  });

  test('may be closed by what its look brings about', () => {
    const { watcher, looks, pass } = polling(100, 0, (closing) => closing.close());
    watcher.watch();
    pass(500);
    expect(looks).toEqual([100]);
  });
});
