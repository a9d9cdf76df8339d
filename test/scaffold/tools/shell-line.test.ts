import { expect, test } from 'vitest';
import { changeDirectory, shellLine } from '../../../src/scaffold/tools/shell-line.ts';

test('plain words stay as they are', () => {
  expect(shellLine('startproject', 'été', '--template=./a')).toBe('startproject été --template=./a');
});

test('other words are quoted', () => {
  expect(shellLine('cd', "it's here", '', '$HOME')).toBe("cd 'it'\\''s here' '' '$HOME'");
});

test('the way down is relative', () => {
  expect(changeDirectory('/srv', '/srv/a/mysite')).toEqual(['cd a/mysite']);
});

test('the way elsewhere is absolute', () => {
  expect(changeDirectory('/srv', '/tmp/mysite')).toEqual(['cd /tmp/mysite']);
});

test('the same folder needs no way', () => {
  expect(changeDirectory('/srv', '/srv')).toEqual([]);
});
