import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A poll ends when what it waits for is there. On a machine where much else runs, a process may take 10 s to start or end.
    expect: { poll: { timeout: 25_000 } },
    pool: 'forks',
    // Many tests wait for processes: one worker for each core leaves a quarter of the time unused.
    maxWorkers: availableParallelism() + 1,
  },
});
