import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CommandError, ImproperlyConfigured, type UserError } from '../../../src/errors.ts';
import { loadFailure } from '../../../src/loader/failures/load-failure.ts';
import { SourceSyntaxError } from '../../../src/loader/failures/module-errors.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const ROOT = '/srv/mysite';
const FILE = '/srv/mysite/mysite/wsgi.ts';

/** An error with a stack of these frames. */
function thrown<E extends Error>(error: E, ...frames: string[]): E {
  error.stack = [String(error), ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

function fail(cause: unknown, file = FILE, root = ROOT): UserError {
  const failure = loadFailure(cause, { file, root });
  expect(failure).toBeInstanceOf(ImproperlyConfigured);
  return failure;
}

describe('the failure for an error that a module threw', () => {
  test('has the place in the site where the error was thrown', () => {
    const error = thrown(new TypeError('no'), `home (${ROOT}/mysite/views.ts:3:7)`, `${FILE}:1:1`);
    expect(fail(error)).toMatchObject({
      message: 'mysite/views.ts:3:7: loading failed: TypeError: no',
      location: { file: `${ROOT}/mysite/views.ts`, line: 3, column: 7 },
      cause: error,
    });
  });

  test('has the first place of the stack that belongs to the site', () => {
    const error = thrown(
      new TypeError('no'),
      'JSON.parse (<anonymous>)',
      `parse (${ROOT}/node_modules/pkg/index.js:1:1)`,
      'read (node:fs:1:1)',
      'other (/srv/elsewhere/a.ts:1:1)',
      `${FILE}:9:2`,
    );
    expect(fail(error).message).toBe('mysite/wsgi.ts:9:2: loading failed: TypeError: no');
  });

  test('names the requested file when the stack has no place of the site', () => {
    const { message, location } = fail(thrown(new Error('no'), 'node:fs:1:1'));
    expect([message, location]).toEqual(['mysite/wsgi.ts: loading failed: Error: no', { file: FILE }]);
  });

  test('has the absolute path of a file outside of the site', () => {
    expect(fail(new Error('no'), '/srv/shared/a.ts').message).toBe(
      '/srv/shared/a.ts: loading failed: Error: no',
    );
  });

  test('has a code frame when its file can be read', () => {
    const root = temporaryFolder({ 'a.ts': 'one\ntwo' });
    const file = path.join(root, 'a.ts');
    expect(fail(thrown(new Error('no'), `${file}:2:1`), file, root).codeFrame).toBe(
      '  1 | one\n> 2 | two\n    | ^',
    );
  });

  test.each([
    ['a text', "'a text'"],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ code: 1 }, '{"code":1}'],
    [Symbol('s'), 'Symbol(s)'],
    [12n, '12'],
  ])('shows a thrown value that is not an error: %s', (value, shown) => {
    const { message, cause } = fail(value);
    expect(message).toBe(`mysite/wsgi.ts: loading failed: ${shown} was thrown, which is not an Error`);
    if (value !== undefined) expect(cause).toBe(value);
  });

  test('shows a thrown object with a circular reference', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(fail(circle).message).toMatch(
      /^mysite\/wsgi\.ts: loading failed: .* was thrown, which is not an Error$/,
    );
  });
});

describe('the failure for a syntax error', () => {
  test('has the place, the code frame and the hint', () => {
    const location = { file: `${ROOT}/a.ts`, line: 1, column: 7 };
    const error = new SourceSyntaxError('Unexpected token', location, '> 1 | const', 'Try another.');
    expect(fail(error)).toMatchObject({
      message: 'a.ts:1:7: syntax error: Unexpected token',
      location,
      codeFrame: '> 1 | const',
      hint: 'Try another.',
      cause: error,
    });
  });
});

describe('the failure for an error of this package', () => {
  test('has the place before the message', () => {
    const location = { file: `${ROOT}/mysite/urls.ts`, line: 2, column: 1 };
    const error = new ImproperlyConfigured('no', { location, hint: 'do', codeFrame: '> 2 | x' });
    expect(fail(error)).toMatchObject({
      message: 'mysite/urls.ts:2:1: no',
      location,
      hint: 'do',
      codeFrame: '> 2 | x',
      cause: error,
    });
  });

  test('has the line of the user’s call when the error has no place', () => {
    const error = thrown(
      new ImproperlyConfigured('no'),
      'path (/lib/startproject/dist/urls.cjs:1:1)',
      `${ROOT}/mysite/urls.ts:4:3`,
    );
    expect(fail(error).message).toBe('mysite/urls.ts:4:3: no');
  });

  test('has no line of a caller that only awaited the call', () => {
    const error = thrown(
      new ImproperlyConfigured('no'),
      'loadSettings (/lib/startproject/dist/load.cjs:1:1)',
      `async ${FILE}:3:28`,
    );
    expect(fail(error)).toBe(error);
  });

  test('does not repeat a place that is already in the message', () => {
    const location = { file: FILE, line: 2, column: 1 };
    const error = new ImproperlyConfigured('mysite/wsgi.ts:2:1: no', { location });
    expect(fail(error)).toBe(error);
  });

  test('is an ImproperlyConfigured for an error of any class', () => {
    const error = new CommandError('no', { location: { file: FILE } });
    expect(fail(error)).toMatchObject({ message: 'mysite/wsgi.ts: no', cause: error });
  });
});

test.each([`${ROOT}/.env`, `${ROOT}/mysite/secrets.ts`, 'file://evil/x'])(
  'a place in an error message is not mistaken for a frame of the stack: %s',
  (file) => {
    const error = thrown(
      new Error(`no user bob\n    at x (${file}:1:1)`),
      `home (${ROOT}/mysite/views.ts:3:7)`,
    );
    expect(fail(error).location).toEqual({ file: `${ROOT}/mysite/views.ts`, line: 3, column: 7 });
  },
);

test('a hidden file is not used as the place of an error', () => {
  const error = thrown(new Error('no'), `x (${ROOT}/.env:1:1)`, `${FILE}:9:2`);
  expect(fail(error).location).toEqual({ file: FILE, line: 9, column: 2 });
});

test('an error with getters that throw gets a failure too', () => {
  const error = Object.defineProperty(new Error('no'), 'message', {
    get() {
      throw new Error('not for you');
    },
  });
  expect(fail(error).message).toContain('(a message that cannot be read)');
});
