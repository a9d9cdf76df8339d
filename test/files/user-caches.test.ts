import { expect, test } from 'vitest';
import { userCaches } from '../../src/files/user-caches.ts';

const noHome = (): string => {
  throw new Error('uv_os_homedir returned ENOENT');
};

test('caches are in .cache of the home folder', () => {
  expect(userCaches({}, () => '/home/me')).toBe('/home/me/.cache');
});

test('caches are where XDG_CACHE_HOME says', () => {
  expect(userCaches({ XDG_CACHE_HOME: '/var/x' }, noHome)).toBe('/var/x');
});

test('a user without a home has none', () => {
  expect(userCaches({}, noHome)).toBeUndefined();
});

test.each([
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: 'cache' }, '/home/me'],
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: './.cache' }, '/home/me'],
  ['the home folder', {}, ''],
  ['the home folder', {}, 'me'],
])('a relative path has none, since it would be in the project: %s', (_, env, home) => {
  expect(userCaches(env, () => home)).toBeUndefined();
});
