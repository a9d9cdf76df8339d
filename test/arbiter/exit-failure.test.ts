import { expect, test } from 'vitest';
import { exitFailure } from '../../src/arbiter/exit-failure.ts';

test.each([
  { code: null, signal: 'SIGABRT' },
  { code: 134, signal: null },
] as const)('an abort is told as a lack of memory, with the way out: %o', (exit) => {
  expect(exitFailure(exit)).toMatchObject({
    name: 'OutOfMemory',
    message: expect.stringContaining('ran out of memory'),
    hint: expect.stringContaining('NODE_OPTIONS=--max-old-space-size='),
  });
});
