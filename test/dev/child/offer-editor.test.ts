import { expect, test } from 'vitest';
import { offerEditor } from '../../../src/dev/child/offer-editor.ts';
import { EDITOR, type WithEditor } from '../../../src/handler/errors/page-access.ts';
import type { Environ } from '../../../src/wsgi/types.ts';

/** What the application finds in the environ of a request. */
function offered(variables: object, isMeant = true): string | undefined {
  let found: string | undefined;
  const application = offerEditor(
    (environ) => {
      found = (environ as WithEditor)[EDITOR];
      return [];
    },
    '/editor?token=x',
    () => isMeant,
  );
  application(variables as Environ, () => async () => {});
  return found;
}

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
  'a client at %s can open places in the editor',
  (address) => {
    expect(offered({ REMOTE_ADDR: address })).toBe('/editor?token=x');
  },
);

test.each([
  ['on another machine', { REMOTE_ADDR: '192.168.0.7' }],
  ['of a Unix socket', { REMOTE_ADDR: '' }],
  ['behind a proxy of this machine', { REMOTE_ADDR: '127.0.0.1', HTTP_X_FORWARDED_FOR: '192.168.0.7' }],
  [
    'behind a proxy with the standard header',
    { REMOTE_ADDR: '127.0.0.1', HTTP_FORWARDED: 'for=192.168.0.7' },
  ],
])('a client %s cannot', (_client, variables) => {
  expect(offered(variables)).toBeUndefined();
});

test('a request that may not see details of the site cannot', () => {
  expect(offered({ REMOTE_ADDR: '127.0.0.1' }, false)).toBeUndefined();
});

test('no variable that a site can show contains the token', () => {
  const environ = { REMOTE_ADDR: '::1' } as Environ;
  offerEditor(
    () => [],
    '/editor?token=x',
    () => true,
  )(environ, () => async () => {});
  expect(JSON.stringify(environ)).not.toContain('token');
});
