import { expect, test } from 'vitest';
import { shellLine } from '../../src/text/shell-line.ts';

test('plain words stay as they are', () => {
  expect(shellLine('startproject', 'été', '--template=./a')).toBe('startproject été --template=./a');
});

test('other words are quoted', () => {
  expect(shellLine('cd', "it's here", '', '$HOME')).toBe("cd 'it'\\''s here' '' '$HOME'");
});
