import path from 'node:path';
import { expect, test } from 'vitest';
import { expandTestGlobs } from '../../../src/worker/descendants/test-globs.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

test('a pattern is replaced by the matching files, and other arguments are unchanged', () => {
  const folder = temporaryFolder({ 't/b.test.ts': '', 't/a.test.ts': '', 't/axtest.ts': '', 't/c.ts': '' });
  const pattern = path.join(folder, 't/*.test.ts');
  expect(expandTestGlobs(['one.test.ts', pattern])).toEqual([
    'one.test.ts',
    path.join(folder, 't/a.test.ts'),
    path.join(folder, 't/b.test.ts'),
  ]);
});

test.each(['*.test.ts', 'gone/*.test.ts'])(
  'a pattern without a matching file is unchanged: %s',
  (pattern) => {
    const missing = path.join(temporaryFolder(), pattern);
    expect(expandTestGlobs([missing])).toEqual([missing]);
  },
);
