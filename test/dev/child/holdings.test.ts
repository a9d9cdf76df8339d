import { expect, test } from 'vitest';
import { isPortTaken } from '../../../src/dev/child/holdings.ts';

const taken = () => Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });

test('a port is taken when an error or one of its causes says so', () => {
  expect(isPortTaken(taken())).toBe(true);
  expect(isPortTaken(new Error('no server', { cause: taken() }))).toBe(true);
  expect(isPortTaken(new Error('no server'))).toBe(false);
  expect(isPortTaken('EADDRINUSE')).toBe(false);
});

test('causes that go in a circle end', () => {
  const error = new Error('round');
  error.cause = error;
  expect(isPortTaken(error)).toBe(false);
});

test.each(['code', 'cause'])('an error whose %s throws tells nothing', (name) => {
  const error = Object.defineProperty(new Error('no'), name, {
    get() {
      throw new Error('not for you');
    },
  });
  expect(isPortTaken(error)).toBe(false);
});
