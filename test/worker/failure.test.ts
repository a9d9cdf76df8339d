import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../src/errors.ts';
import { toFailure } from '../../src/worker/failure.ts';

describe('the failure of an error that a user can fix', () => {
  test('has its message, its hint and its code frame', () => {
    const error = new ImproperlyConfigured('no', { hint: 'do', codeFrame: '> 1 | a' });
    expect(toFailure(error)).toEqual({
      name: 'ImproperlyConfigured',
      message: 'no',
      hint: 'do',
      codeFrame: '> 1 | a',
      stack: undefined,
    });
  });

  test('has its place, for an editor', () => {
    const location = { file: '/srv/a.ts', line: 1, column: 2 };
    expect(toFailure(new ImproperlyConfigured('no', { location })).location).toEqual(location);
  });

  test('has the stack of its cause, and not its own', () => {
    const cause = new TypeError('thrown');
    expect(toFailure(new ImproperlyConfigured('no', { cause })).stack).toBe(cause.stack);
  });

  test('has no stack when its cause has none', () => {
    expect(toFailure(new ImproperlyConfigured('no', { cause: 'a text' })).stack).toBeUndefined();
  });
});

test('has very long texts cut', () => {
  const error = new Error('x'.repeat(1_000_000));
  const { message, stack } = toFailure(error);
  expect([message.length, stack!.length]).toEqual([65_537, 65_537]);
  expect(toFailure('x'.repeat(1_000_000)).message).toHaveLength(65_537);
});

describe('the failure of any other error', () => {
  test('has its name, its message and its stack', () => {
    const error = new RangeError('too much');
    expect(toFailure(error)).toEqual({ name: 'RangeError', message: 'too much', stack: error.stack });
  });

  test('may have no stack', () => {
    const error = Object.assign(new Error('no'), { stack: undefined });
    expect(toFailure(error)).toEqual({ name: 'Error', message: 'no', stack: undefined });
  });
});

describe('the failure of a thrown value that is not an error', () => {
  test.each([
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'Symbol(s)'],
    [{ code: 1 }, '{"code":1}'],
  ])('is a text: %s', (thrown, message) => {
    expect(toFailure(thrown)).toEqual({ name: 'Error', message });
  });

  test('exists also for a value that cannot be converted to a text', () => {
    expect(toFailure(Object.create(null))).toEqual({ name: 'Error', message: expect.any(String) });
  });
});

test('a failure arrives unchanged in another process', () => {
  const failure = toFailure(new ImproperlyConfigured('no', { hint: 'do', cause: new Error('why') }));
  expect(JSON.parse(JSON.stringify(failure))).toEqual({ ...failure, codeFrame: undefined });
});

test('an error whose getters throw has a failure too', () => {
  const error = new Error('no');
  for (const name of ['stack', 'message']) {
    Object.defineProperty(error, name, {
      get() {
        throw new Error('not for you');
      },
    });
  }
  expect(toFailure(error)).toMatchObject({ name: 'Error', message: '(a message that cannot be read)' });
});
