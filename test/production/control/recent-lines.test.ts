import { expect, test } from 'vitest';
import { RecentLines } from '../../../src/production/control/recent-lines.ts';

test('a listener gets the latest lines, then each new one until it has had enough', () => {
  const lines = new RecentLines(2);
  for (const line of ['one', 'two', 'three\nfour\n']) lines.add(line);
  const seen: string[] = [];
  const stop = lines.tail((line) => seen.push(line));
  lines.add('five');
  stop();
  lines.add('six');
  expect(seen).toEqual(['three', 'four', 'five']);
});

test('an empty line is a line, and a long one is cut', () => {
  const lines = new RecentLines();
  lines.add('a\n\nb');
  lines.add('c'.repeat(10_000));
  const seen: string[] = [];
  lines.tail((line) => seen.push(line));
  expect(seen).toEqual(['a', '', 'b', 'c'.repeat(8_192)]);
});
