import { expect, test } from 'vitest';
import { isForegroundStat } from '../../../src/cli/terminal/foreground.ts';

test.each([
  ['the group that has the terminal', '7 (node) R 1 7 5 34816 7 0', true],
  ['another group than the one that has it', '7 (node) R 1 7 5 34816 5 0', false],
  ['a process without a terminal', '7 (node) R 1 7 5 0 -1 0', true],
  ['a terminal whose owner is in another container', '7 (node) R 1 7 5 34816 0 0', true],
  ['a name that has all that it may have', '7 (a) b (c) R 1 7 5 34816 5 0', false],
])('%s', (_what, stat, expected) => {
  expect(isForegroundStat(stat)).toBe(expected);
});
