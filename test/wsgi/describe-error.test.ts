import { expect, test } from 'vitest';
import { describeError } from '../../src/wsgi/errors.ts';

test('an error is described with its causes', () => {
  const text = describeError(new Error('outer', { cause: new TypeError('inner') }));
  expect(text).toMatch(/^Error: outer\n[\s\S]*\nCaused by: TypeError: inner\n[\s\S]*\n$/);
});

test('of 20,000 causes, the first are described', () => {
  let error = new Error('first');
  for (let i = 0; i < 20_000; i++) error = new Error(`number ${i}`, { cause: error });
  const text = describeError(error);
  expect(text.match(/Error: number/g)).toHaveLength(20);
  expect(text).toContain('more errors, which are not shown.');
});

test.each(['stack', 'cause'])('an error whose %s throws is described as such', (name) => {
  const error = Object.defineProperty(new Error('no'), name, {
    get() {
      throw new Error('not for you');
    },
  });
  expect(describeError(error)).toContain('An error whose properties cannot be read.');
});
