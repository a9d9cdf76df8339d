import { expect, test } from 'vitest';
import { wrapLines } from '../../src/text/wrap-lines.ts';

test('a line is broken between words', () => {
  expect(wrapLines('one two three four', 9)).toBe('one two\nthree\nfour');
});

test('a line that just fits stays', () => {
  expect(wrapLines('one two', 7)).toBe('one two');
});

test('a word that is too long is never broken', () => {
  expect(wrapLines('see /srv/a/long/path.ts:1:2 there', 12)).toBe('see\n/srv/a/long/path.ts:1:2\nthere');
});

test('further lines are indented, and count that', () => {
  expect(wrapLines('aaa bbb ccc ddd', 8, '    ')).toBe('aaa bbb\n    ccc\n    ddd');
});

test('lines that are indented stay as they are, each other line is broken', () => {
  expect(wrapLines('one two\n    at place (file.ts:1:1)\nthree four', 5)).toBe(
    'one\ntwo\n    at place (file.ts:1:1)\nthree\nfour',
  );
});
