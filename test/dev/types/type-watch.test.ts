import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a compiler that notices no change is started again, once its first round has ended', async () => {
  const root = temporaryFolder({
    'tsconfig.json': '{}',
    'node_modules/typescript/package.json': '{ "version": "5.9.0", "bin": { "tsc": "tsc.cjs" } }',
    'node_modules/typescript/tsc.cjs': DEAF_TSC,
  });
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
