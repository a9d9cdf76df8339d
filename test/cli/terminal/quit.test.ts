import { expect, onTestFinished, test, vi } from 'vitest';
import { quitByCode, quitter } from '../../../src/cli/terminal/quit.ts';

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
  await vi.waitFor(() => expect(calls).toEqual(['SIGINT', 130]));
});

test('what takes long is told, and ended by the next signal', () => {
  const { calls, quit } = harness();
  quit('SIGTERM');
  vi.advanceTimersByTime(1_000);
  expect(calls[1]).toMatch(/^Waiting for .* at SIGTERM/);
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

test('a key that means an exit code is a signal to the site', () => {
  const { calls, quit } = harness();
  quitByCode(quit, 131);
  expect(calls).toEqual(['SIGQUIT']);
  const other = harness();
  quitByCode(other.quit, 0);
  expect(other.calls).toEqual(['SIGTERM']);
});
