import { describe, expect, test } from 'vitest';
import { isDottedPath, parseObjectPath } from '../../../src/loader/imports/dotted-path.ts';

const APP = { asker: 'APP', example: 'mysite.wsgi.application' };

describe('a dotted path', () => {
  test.each(['mysite', 'mysite.settings', 'a.b.c.d', 'my-site.settings', '_a.$b', 'größe.ñ', 'a1.b2'])(
    'can be %s',
    (text) => {
      expect(isDottedPath(text)).toBe(true);
    },
  );

  test.each([
    '',
    '.',
    '.mysite',
    'mysite.',
    'mysite..settings',
    '1site',
    '-site',
    'mysite/settings',
    './mysite',
    'my site',
    'mysite:app',
    'mysite.settings\n',
  ])('cannot be %j', (text) => {
    expect(isDottedPath(text)).toBe(false);
  });
});

describe('the path of an object', () => {
  test.each([
    ['mysite.wsgi.application', 'mysite.wsgi', ['application']],
    ['mysite.application', 'mysite', ['application']],
    ['mysite.wsgi:application', 'mysite.wsgi', ['application']],
    ['mysite:application', 'mysite', ['application']],
    ['mysite.wsgi:site.application', 'mysite.wsgi', ['site', 'application']],
  ])('%s is in %s and named %j', (text, module, attributes) => {
    expect(parseObjectPath(text, APP)).toEqual({ module, attributes });
  });

  test.each([
    'application',
    '',
    'mysite.wsgi:',
    ':application',
    'a:b:c',
    'mysite.wsgi:a-b:c',
    'mysite/wsgi.application',
    'mysite.wsgi application',
    'mysite.wsgi:1st',
    '.application',
  ])('cannot be %j', (text) => {
    expect(() => parseObjectPath(text, { ...APP, asker: 'WSGI_APPLICATION' })).toThrow(
      expect.objectContaining({
        name: 'ImproperlyConfigured',
        message: `WSGI_APPLICATION '${text}' does not name an object in a module.`,
      }),
    );
  });
});

describe('the hint for a wrong path', () => {
  test.each([
    ['mysite/wsgi.ts', "Write the module with dots and the object after a colon: 'mysite.wsgi:application'."],
    [
      './mysite/wsgi.mjs',
      "Write the module with dots and the object after a colon: 'mysite.wsgi:application'.",
    ],
    ['wsgi', "Write 'module.object', as in 'mysite.wsgi.application'."],
    ['', "Write 'module.object', as in 'mysite.wsgi.application'."],
    ['a:b:c', "Write 'module.object', as in 'mysite.wsgi.application'."],
  ])('%j is: %s', (text, hint) => {
    expect(() => parseObjectPath(text, APP)).toThrow(expect.objectContaining({ hint }));
  });
});
