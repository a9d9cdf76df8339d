import { expect, test } from 'vitest';
import { SecondText } from '../../src/text/second-text.ts';

test('a text is made once in each second', () => {
  const made: number[] = [];
  const text = new SecondText((time) => {
    made.push(time.getTime());
    return `second ${time.getTime() / 1_000}`;
  });
  expect([1_000, 1_999, 2_000].map((now) => text.at(now))).toEqual(['second 1', 'second 1', 'second 2']);
  expect(made).toEqual([1_000, 2_000]);
});
