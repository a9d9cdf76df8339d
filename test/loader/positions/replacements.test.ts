import { expect, test } from 'vitest';
import { columnAfter, columnBefore, Replacer } from '../../../src/loader/positions/replacements.ts';

const BEFORE = 'first\nf(abc, 1, xy) + z\nlast';

/** The numbers become longer, the letters in pairs shorter. */
function replaced() {
  const replacer = new Replacer(BEFORE);
  replacer.replace('f(', /abc|xy/g, ([name]) => (name === 'abc' ? '(abc=i.abc)' : 'q'));
  return replacer;
}

test('a replacer changes the matches on lines that contain the marker', () => {
  expect(replaced().text).toBe('first\nf((abc=i.abc), 1, q) + z\nlast');
});

test.each(['f(', ', 1', ') +', 'z'])('the place of %s is mapped forwards and backwards', (code) => {
  const { text, replacements } = replaced();
  const [before, after] = [BEFORE, text].map((lines) => lines.split('\n')[1]!.indexOf(code)) as [
    number,
    number,
  ];
  expect(columnBefore(replacements, 1, after)).toBe(before);
  expect(columnAfter(replacements, 1, before)).toBe(after);
});

test('places on other lines stay the same', () => {
  const { replacements } = replaced();
  expect(columnBefore(replacements, 2, 3)).toBe(3);
  expect(columnAfter(replacements, 0, 3)).toBe(3);
});

test('the end of new code is mapped to the end of the old code', () => {
  const { text, replacements } = replaced();
  const column = text.split('\n')[1]!.indexOf('bc)');
  expect(columnBefore(replacements, 1, column)).toBe(BEFORE.split('\n')[1]!.indexOf('abc'));
});
