import { expect, test } from 'vitest';
import { mount } from '../../src/middleware/index.ts';
import { bodyFor, saying, showing } from './_respond.ts';

const site = mount(
  { '/api': showing('SCRIPT_NAME', 'PATH_INFO'), '/api/v2': saying('v2'), '/é': saying('accent') },
  saying('fallback'),
);

test.each([
  ['/api', '/api '],
  ['/api/', '/api /'],
  ['/api/users/1', '/api /users/1'],
  ['/api//x', '/api //x'],
  ['/api/v2', 'v2'],
  ['/api/v2/users', 'v2'],
  ['/api/v20', '/api /v20'],
  ['/apix', 'fallback'],
  ['/', 'fallback'],
  ['', 'fallback'],
  ['/\xc3\xa9/x', 'accent'],
])('PATH_INFO %j is answered with %j', async (path, expected) => {
  expect(await bodyFor(site, { PATH_INFO: path, SCRIPT_NAME: path === '' ? '/mnt' : '' })).toBe(expected);
});

test('what is mounted in what is mounted finds the whole way in SCRIPT_NAME', async () => {
  const outer = mount(
    { '/outer': mount({ '/inner': showing('SCRIPT_NAME', 'PATH_INFO') }, saying('no')) },
    saying('no'),
  );
  expect(await bodyFor(outer, { SCRIPT_NAME: '/root', PATH_INFO: '/outer/inner/leaf' })).toBe(
    '/root/outer/inner /leaf',
  );
});

test.each(['api', '/api/', '/', ''])('the path %j is refused', (path) => {
  expect(() => mount({ [path]: saying('x') }, saying('y'))).toThrow(`Found '${path}'`);
});
