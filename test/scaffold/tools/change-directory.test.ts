import { expect, test } from 'vitest';
import { changeDirectory } from '../../../src/scaffold/tools/change-directory.ts';

test('the way down is relative', () => {
  expect(changeDirectory('/srv', '/srv/a/mysite')).toEqual(['cd a/mysite']);
});

test('the way elsewhere is absolute', () => {
  expect(changeDirectory('/srv', '/tmp/mysite')).toEqual(['cd /tmp/mysite']);
});

test('the same folder needs no way', () => {
  expect(changeDirectory('/srv', '/srv')).toEqual([]);
});
