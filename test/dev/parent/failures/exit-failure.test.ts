import { expect, test } from 'vitest';
import { exitFailure } from '../../../../src/dev/parent/failures/exit-failure.ts';

test.each([
  { code: null, signal: 'SIGABRT' },
  { code: 134, signal: null },
] as const)('an abort is reported as a lack of memory, with advice: %o', (exit) => {
  expect(exitFailure(exit)).toMatchObject({
    name: 'OutOfMemory',
    message: expect.stringContaining('ran out of memory'),
    hint: expect.stringContaining('NODE_OPTIONS=--max-old-space-size='),
  });
});

test('a process that closed its channel is reported with advice, not with the signal that ended it', () => {
  expect(exitFailure({ code: null, signal: 'SIGTERM', isCutOff: true })).toEqual({
    name: 'Exit',
    message: "The site's process closed its channel to runserver.",
    hint: expect.stringContaining('closed a file descriptor that was not its own'),
  });
});

test('process.exit() is reported with advice when its caller is known', () => {
  const called = exitFailure(
    { code: 3, signal: null },
    'Error: process.exit(3)\n    at view (/srv/urls.ts:1:1)',
  );
  expect(called.hint).toContain('To end one, throw an error or return a Response.');
  expect(exitFailure({ code: 3, signal: null }, 'Error: process.exit(3)').hint).toContain('or an addon did');
});

test('process.abort() is reported with its caller', () => {
  const stack = 'Error: process.abort()\n    at view (/srv/urls.ts:1:1)';
  expect(exitFailure({ code: null, signal: 'SIGABRT' }, stack)).toEqual({
    name: 'Exit',
    message: "The site's process aborted itself (SIGABRT).",
    hint: 'A module or a view called process.abort().',
    stack,
  });
});
