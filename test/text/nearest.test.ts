import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/text/nearest.ts';

describe('the nearest name', () => {
  test.each([
    ['a character too few', 'settngs', 'settings'],
    ['a character too many', 'settinngs', 'settings'],
    ['another character', 'setfings', 'settings'],
    ['two neighbours swapped', 'settigns', 'settings'],
    ['two mistakes in a long name', 'setigs', 'settings'],
    ['other case', 'SETTINGS', 'settings'],
    ['the very name', 'settings', 'settings'],
  ])('is found behind %s', (_what, name, expected) => {
    expect(nearest(name, ['urls', 'settings', 'wsgi'])).toBe(expected);
  });

  test('is the one with the fewest mistakes', () => {
    expect(nearest('wsgy', ['wsgxx', 'wsgi', 'wxgx'])).toBe('wsgi');
  });

  test('is the first of those that are equally near', () => {
    expect(nearest('bat', ['cat', 'hat'])).toBe('cat');
  });

  test('counts a swap as one mistake', () => {
    expect(nearest('ab', ['ba'])).toBe('ba');
  });

  test.each([
    ['nothing alike', 'views', ['settings', 'urls']],
    ['two mistakes in a short name', 'abc', ['axy']],
    ['three mistakes in a name of eight', 'settings', ['sexxxngs']],
    ['no names at all', 'views', []],
  ])('is none for %s', (_what, name, names) => {
    expect(nearest(name, names)).toBeUndefined();
  });

  test('is looked for in anything that can be gone through', () => {
    expect(nearest('home', new Set(['hone']))).toBe('hone');
  });
});

describe('the question', () => {
  test('asks for the nearest name', () => {
    expect(didYouMean('hme', ['home', 'about'])).toBe("Did you mean 'home'?");
  });

  test('is not asked when no name is near', () => {
    expect(didYouMean('xyz', ['home', 'about'])).toBeUndefined();
  });
});
