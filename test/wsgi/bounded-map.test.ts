import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/wsgi/bounded-map.ts';

test('a full map is emptied before the next entry', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2);
  expect([...map.keys()]).toEqual(['a', 'b']);
  expect([...map.set('c', 3).keys()]).toEqual(['c']);
});
