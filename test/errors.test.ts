import { describe, expect, test } from 'vitest';
import { CommandError, ImproperlyConfigured, isUserError, UsageError, UserError } from '../src/errors.ts';

describe('an error that a user can fix', () => {
  test.each([UserError, CommandError, UsageError, ImproperlyConfigured])(
    'has the name of its class',
    (Class) => {
      const error = new Class('no');
      expect([error.name, error.message, String(error)]).toEqual([Class.name, 'no', `${Class.name}: no`]);
    },
  );

  test('keeps its hint, its place and its code frame', () => {
    const details = { hint: 'do', location: { file: '/a.ts', line: 1, column: 2 }, codeFrame: '> 1 | a' };
    expect(new UserError('no', details)).toMatchObject(details);
  });

  test('keeps its cause', () => {
    const cause = new Error('why');
    expect(new UserError('no', { cause }).cause).toBe(cause);
  });

  test('has no cause when none is given', () => {
    expect('cause' in new UserError('no', { hint: 'do' })).toBe(false);
  });

  test('may have a cause that is not an error', () => {
    expect(new UserError('no', { cause: null })).toHaveProperty('cause', null);
  });
});

test('a wrong command line is a failed command, and a wrong site is not', () => {
  expect(new UsageError('no')).toBeInstanceOf(CommandError);
  expect(new ImproperlyConfigured('no')).not.toBeInstanceOf(CommandError);
});

describe('a user’s error is told', () => {
  test('by its class', () => {
    expect(isUserError(new ImproperlyConfigured('no'))).toBe(true);
  });

  test('when it is of another copy of this package', async () => {
    const copy: typeof import('../src/errors.ts') = await import(`${'../src/errors.ts'}?copy`);
    const error = new copy.ImproperlyConfigured('no');
    expect(error).not.toBeInstanceOf(UserError);
    expect(isUserError(error)).toBe(true);
  });

  test.each([new Error('no'), 'no', undefined, null, { hint: 'do', message: 'no' }])('from %s', (other) => {
    expect(isUserError(other)).toBe(false);
  });
});
