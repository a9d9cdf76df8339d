import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests of code that keeps nothing in its process. One process takes many of these files: to start one, and to load the code
 * anew, takes longer than most of them run. Each must leave the process as it was (`_same-process.ts`).
 */
const TOGETHER = [
  'test/{checks,cli,files,production,scaffold,servers,text}/**/*.test.ts',
  // That of rehearse.ts looks at all that its process holds.
  'test/dev/**/!(rehearse).test.ts',
  'test/wsgi/{driver,environ}/**/*.test.ts',
];

/** A process is kept while the files that come next are of the same project. */
class AloneFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => Number(b.project.config.isolate) - Number(a.project.config.isolate));
  }
}

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [
    {
      // `--exclude` of the command line does not reach projects: https://github.com/vitest-dev/vitest/issues/7368
      name: 'exclude-in-projects',
      configureVitest({ vitest, project }) {
        project.config.exclude = [...project.config.exclude, ...(vitest.config.cliExclude ?? [])];
      },
    },
  ],
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A poll ends when what it waits for is there. On a machine where much else runs, a process may take 10 s to start or end.
    expect: { poll: { timeout: 25_000 } },
    pool: 'forks',
    // Tests that start processes wait for about half of their time: one worker for each core would leave the cores idle.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: AloneFirst },
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: TOGETHER } },
      {
        extends: true,
        test: { name: 'together', include: TOGETHER, isolate: false, setupFiles: ['test/_same-process.ts'] },
      },
    ],
  },
});
