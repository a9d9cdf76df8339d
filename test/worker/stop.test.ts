import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { ignoreSignal, runHandlers, siteHandlers } from '../../src/worker/stop.ts';

function registered(...signals: string[]): { emitter: NodeJS.Process; handlers: (() => void)[] } {
  const emitter = new EventEmitter();
  const handlers = signals.map(() => () => {});
  for (const [index, signal] of signals.entries()) emitter.on(signal, handlers[index]!);
  return { emitter: emitter as unknown as NodeJS.Process, handlers };
}

test("the site's handlers for a signal do not include our own", () => {
  const { emitter, handlers } = registered('SIGTERM', 'SIGINT', 'SIGINT');
  emitter.on('SIGINT', ignoreSignal);
  expect(siteHandlers('SIGINT', [ignoreSignal], emitter)).toEqual(handlers.slice(1));
});

test('a site without handlers for the signal has those for another signal', () => {
  const { emitter, handlers } = registered('SIGINT');
  expect(siteHandlers('SIGTERM', [], emitter)).toEqual(handlers);
  expect(siteHandlers('SIGTERM', [], registered().emitter)).toEqual([]);
});

test('promises of handlers are awaited, and their rejections are reported', async () => {
  const errors: unknown[] = [];
  let isDone = false;
  const tidy = async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    isDone = true;
  };
  await runHandlers([tidy, () => Promise.reject('no')], 'SIGTERM', (error) => errors.push(error));
  expect([isDone, errors]).toEqual([true, ['no']]);
});

test('a handler without a promise gets the whole time limit', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    let isOver = false;
    const running = runHandlers([() => {}, async () => {}], 'SIGTERM', () => {}).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await running;
  } finally {
    vi.useRealTimers();
  }
});

test('a handler that throws does not prevent the others', async () => {
  const errors: unknown[] = [];
  const signals: unknown[] = [];
  const fails = () => {
    throw new Error('no');
  };
  await runHandlers([fails, async (signal) => signals.push(signal)], 'SIGHUP', (error) => errors.push(error));
  expect([errors, signals]).toEqual([[new Error('no')], ['SIGHUP']]);
});
