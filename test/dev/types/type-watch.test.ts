import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { TypeWatch } from '../../../src/dev/types/type-watch.ts';
import { temporaryFolder, writeFiles } from '../../_temp-folder.ts';

/** A compiler whose first round takes until there is a file `go`, and that notices no change. */
const DEAF_TSC = `
const { existsSync } = require('node:fs');
setInterval(() => {
  if (existsSync('go') && !globalThis.hasEnded) console.log('10:00:00 AM - Found 0 errors. Watching for file changes.');
  globalThis.hasEnded ||= existsSync('go');
}, 5);
`;

const SITE = {
  'tsconfig.json': '{}',
  'node_modules/typescript/package.json': '{ "version": "5.9.0", "bin": { "tsc": "tsc.cjs" } }',
  'node_modules/typescript/tsc.cjs': DEAF_TSC,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a compiler that notices no change is started again after its first round', async () => {
  const root = temporaryFolder(SITE);
  const started = vi.fn();
  let onProblems = () => {};
  const round = new Promise<void>((resolve) => {
    onProblems = resolve;
  });
  const watch = new TypeWatch({
    root,
    watchProcess: started,
    onProblems,
    onNotice: () => {},
  });
  try {
    watch.loaded();
    vi.advanceTimersByTime(500);
    expect(started).toHaveBeenCalledTimes(1);

    watch.loaded(); // A change, which the compiler cannot notice yet.
    vi.advanceTimersByTime(60_000);
    expect(started).toHaveBeenCalledTimes(1);

    writeFiles(root, { go: '' });
    await round;
    vi.advanceTimersByTime(2_000);
    expect(started).toHaveBeenCalledTimes(2);
  } finally {
    watch.close();
  }
});

describe.skipIf(process.platform === 'win32')('while a site loads', () => {
  /** A compiler that runs, and the signals that its process group gets. */
  function running() {
    const started = vi.fn();
    const kill = vi.spyOn(process, 'kill');
    const watch = new TypeWatch({
      root: temporaryFolder(SITE),
      watchProcess: started,
      onProblems: () => {},
      onNotice: () => {},
    });
    onTestFinished(() => {
      watch.close();
      kill.mockRestore();
    });
    watch.loaded();
    vi.advanceTimersByTime(500);
    const { pid } = started.mock.calls[0]![0];
    const signals = () => kill.mock.calls.filter(([target]) => target === -pid).map(([, signal]) => signal);
    return { watch, started, signals };
  }

  test('the compiler is stopped until a request has been answered', () => {
    const { watch, signals } = running();
    watch.pause();
    watch.pause(); // Another save.
    expect(signals()).toEqual(['SIGSTOP']);
    watch.loaded();
    vi.advanceTimersByTime(299);
    expect(signals()).toEqual(['SIGSTOP']);
    watch.resume();
    watch.resume();
    expect(signals()).toEqual(['SIGSTOP', 'SIGCONT']);
  });

  test('the compiler continues 0.3 s after the load when no page is requested', () => {
    const { watch, signals } = running();
    watch.pause();
    watch.loaded();
    vi.advanceTimersByTime(300);
    expect(signals()).toEqual(['SIGSTOP', 'SIGCONT']);
  });

  test('the compiler continues after 2 s of a load that does not end', () => {
    const { watch, signals } = running();
    watch.pause();
    vi.advanceTimersByTime(2_000);
    expect(signals()).toEqual(['SIGSTOP', 'SIGCONT']);
  });

  test('a compiler that is due is started after the pause', () => {
    const started = vi.fn();
    const watch = new TypeWatch({
      root: temporaryFolder(SITE),
      watchProcess: started,
      onProblems: () => {},
      onNotice: () => {},
    });
    onTestFinished(() => watch.close());
    watch.loaded();
    vi.advanceTimersByTime(400);
    watch.pause();
    vi.advanceTimersByTime(1_000);
    expect(started).not.toHaveBeenCalled();
    watch.resume();
    expect(started).toHaveBeenCalledTimes(1);
  });
});
