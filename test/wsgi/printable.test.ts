import { expect, test } from 'vitest';
import { describeError } from '../../src/wsgi/errors.ts';
import { logEntry, printable, printableLine } from '../../src/wsgi/printable.ts';

test('control characters are written as their numbers, those of C1 too', () => {
  expect(printableLine('\x1b[2J \x9b2J \x07 \x7f \r\n\t')).toBe(
    '\\x1b[2J \\x9b2J \\x07 \\x7f \\x0d\\x0a\\x09',
  );
});

test('marks that change the direction of writing and unusual line ends are escaped', () => {
  expect(printableLine('\u202etxt.exe\u2069\u2028\u2029')).toBe('\\u202etxt.exe\\u2069\\u2028\\u2029');
});

test('other characters stay unchanged', () => {
  const text = 'GET /café "quoted" \\ 日本 🎉';
  expect(printableLine(text)).toBe(text);
});

test('a text of several lines keeps its lines and tabs', () => {
  expect(printable('a\r\n\tb\nc\rd\x1b')).toBe('a\n\tb\nc\\x0dd\\x1b');
});

test('no line of an entry looks like another entry', () => {
  const forged = 'No user x\r\n[22/Nov/2026 08:00:00] "GET / HTTP/1.1" 200 12\n    at f (a.ts:1:1)\n\nend';
  expect(logEntry(forged)).toBe(
    'No user x\n    [22/Nov/2026 08:00:00] "GET / HTTP/1.1" 200 12\n    at f (a.ts:1:1)\n\n    end',
  );
});

test('an error and its causes are entries of their own', () => {
  const cause = Object.assign(new Error('why\nCaused by: nobody'), {
    stack: 'Error: why\nCaused by: nobody',
  });
  const error = Object.assign(new Error('\x9b2J', { cause }), {
    stack: 'Error: \x9b2J\n    at f (a.ts:1:1)',
  });
  expect(describeError(error)).toBe(
    'Error: \\x9b2J\n    at f (a.ts:1:1)\nCaused by: Error: why\n    Caused by: nobody\n',
  );
});
