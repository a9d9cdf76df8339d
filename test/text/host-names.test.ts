import { expect, test } from 'vitest';
import { isHost } from '../../src/text/host-names.ts';

test.each([
  '',
  'a',
  'a:',
  'a:0',
  'a:65535',
  'a.b.',
  'a_b',
  "a!$&'()*+,;=~",
  'a%C3%A9',
  '127.0.0.1:80',
  '[::1]',
  '[1::]:80',
])('%j is a host', (text) => {
  expect(isHost(text)).toBe(true);
});

test.each([
  ':80',
  ':',
  'a:x',
  'a:80x',
  'a:65536',
  `a:${'9'.repeat(400)}`,
  'a:1:2',
  '::1',
  '[::1',
  '::1]',
  '[]',
  '[x]',
  '[::1]x',
  '[::1%25lo]',
  '[v1.a]',
  'a b',
  'a\n',
  'a/',
  'a@b',
  'a%',
  'a%4g',
  'caf\xe9',
])('%j is no host', (text) => {
  expect(isHost(text)).toBe(false);
});

test('a text is read in time linear in its length', () => {
  expect(isHost(`${'a'.repeat(1_000_000)}:x`)).toBe(false);
  expect(isHost(`[${':'.repeat(1_000_000)}`)).toBe(false);
  expect(isHost(`a:${'0'.repeat(1_000_000)}x`)).toBe(false);
});

test('what was read before changes nothing', () => {
  for (const [text, isOne] of [
    ['a:1', true],
    ['a:x', false],
    ['', true],
    ['a:1', true],
    ['a:x', false],
  ] as const)
    expect(isHost(text)).toBe(isOne);
});
