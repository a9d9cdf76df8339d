import { expect, test } from 'vitest';
import { describeNoError } from '../../src/text/thrown-text.ts';

test.each<[unknown, string]>([
  ['text', "'text'"],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [{ code: 1 }, '{"code":1}'],
  [{}, 'an object of class Object'],
  [Object.create(null), 'an object of class null'],
  [new Response('text'), 'an object of class Response'],
  [new Map(), 'an object of class Map'],
  [{ toJSON: () => undefined }, 'an object of class Object'],
  [{ big: 1n }, 'an object'],
])('what was thrown and is not an Error is described: %s', (thrown, text) => {
  expect(describeNoError(thrown)).toBe(`${text} was thrown, which is not an Error`);
});
