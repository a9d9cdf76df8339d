import { expect, test } from 'vitest';
import { joinedValue, withServer } from '../../src/wsgi/header-list.ts';
import type { Header } from '../../src/wsgi/types.ts';

test('a header that is there twice has one value, whatever the case of its name', () => {
  const headers: Header[] = [
    ['Vary', 'Accept'],
    ['vary', 'Cookie'],
  ];
  expect([joinedValue(headers, 'vary'), joinedValue(headers, 'etag')]).toEqual(['Accept, Cookie', undefined]);
});

test('the server names itself where the application has not', () => {
  expect(withServer([], 'startproject')).toEqual([['Server', 'startproject']]);
  const own: Header[] = [['SERVER', 'mine']];
  expect([withServer(own, 'startproject'), withServer(own, undefined)]).toEqual([own, own]);
});
