import { expect, onTestFinished, test, vi } from 'vitest';
import { quitter } from '../../../src/cli/terminal/quit.ts';

function harness() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const calls: unknown[] = [];
  let hasClosed = () => {};
  const quit = quitter({
    close(signal) {
      calls.push(signal);
      return new Promise((resolve) => {
        hasClosed = resolve;
      });
    },
    kill: () => calls.push('kill'),
    onNotice: (text) => calls.push(text),
    exit: (code) => calls.push(code),
  });
  return { calls, quit, hasClosed: () => hasClosed() };
}

test('the command ends when all has ended, with the code of the signal', async () => {
  const { calls, quit, hasClosed } = harness();
  quit('SIGINT');
  expect(calls).toEqual(['SIGINT']);
  hasClosed();
  await expect.poll(() => calls).toEqual(['SIGINT', 130]);
});

test('a slow end is reported, and the next signal ends it at once', () => {
  const { calls, quit } = harness();
  quit('SIGTERM');
  vi.advanceTimersByTime(1_000);
  expect(calls[1]).toMatch(/^Waiting some seconds for .* handlers of SIGTERM/);
  quit('SIGINT');
  expect(calls.slice(2)).toEqual(['kill', 130]);
});

test('a signal that comes twice at once is one: npm passes on what the terminal sends to all', () => {
  const { calls, quit } = harness();
  quit('SIGINT');
  vi.advanceTimersByTime(50);
  quit('SIGINT');
  expect(calls).toEqual(['SIGINT']);
});

test('a key that quits is a signal to the site, and exits with 0', async () => {
  const exits: number[] = [];
  const calls: string[] = [];
  const close = async (signal: string) => void calls.push(signal);
  quitter({ close, kill: () => {}, onNotice: () => {}, exit: (code) => exits.push(code) })('SIGTERM', 0);
  await expect.poll(() => exits).toEqual([0]);
  expect(calls).toEqual(['SIGTERM']);
});
