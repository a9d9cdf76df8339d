import { expect, test } from 'vitest';
import { type ProxyFixOptions, proxyFix } from '../../src/middleware/index.ts';
import type { Environ } from '../../src/wsgi/types.ts';
import { bodyFor, showing } from './_respond.ts';

/** REMOTE_ADDR, the scheme, HTTP_HOST, SERVER_NAME, SERVER_PORT and SCRIPT_NAME behind the middleware. */
function seen(environ: Partial<Environ>, options?: ProxyFixOptions): Promise<string> {
  const names = ['REMOTE_ADDR', 'wsgi.url_scheme', 'HTTP_HOST', 'SERVER_NAME', 'SERVER_PORT', 'SCRIPT_NAME'];
  const base = { REMOTE_ADDR: '10.0.0.1', HTTP_HOST: 'app', SERVER_NAME: 'app' };
  return bodyFor(proxyFix(showing(...names), options), { ...base, ...environ });
}

// These are werkzeug's own cases.
test.each<[string, Partial<Environ>, ProxyFixOptions | undefined, string]>([
  ['nothing', {}, undefined, '10.0.0.1 http app app 80 '],
  [
    'for and proto by default',
    {
      HTTP_X_FORWARDED_FOR: '1.2.3.4, 5.6.7.8',
      HTTP_X_FORWARDED_PROTO: 'https',
      HTTP_X_FORWARDED_HOST: 'evil',
    },
    undefined,
    '5.6.7.8 https app app 80 ',
  ],
  [
    'everything',
    {
      HTTP_X_FORWARDED_FOR: '192.168.0.1',
      HTTP_X_FORWARDED_PROTO: 'https',
      HTTP_X_FORWARDED_HOST: 'example.com',
      HTTP_X_FORWARDED_PORT: '8080',
      HTTP_X_FORWARDED_PREFIX: '/example',
    },
    { xFor: 1, xProto: 1, xHost: 1, xPort: 1, xPrefix: 1 },
    '192.168.0.1 https example.com:8080 example.com 8080 /example',
  ],
  [
    'host with port',
    { HTTP_X_FORWARDED_HOST: 'example.com:8080' },
    { xHost: 1 },
    '10.0.0.1 http example.com:8080 example.com 8080 ',
  ],
  [
    'what is not a host',
    { HTTP_X_FORWARDED_HOST: 'example.com:x' },
    { xHost: 1 },
    '10.0.0.1 http app app 80 ',
  ],
  [
    'an IPv6 host',
    { HTTP_X_FORWARDED_HOST: '[2001:db8::1]', HTTP_X_FORWARDED_PORT: '8080' },
    { xHost: 1, xPort: 1 },
    '10.0.0.1 http [2001:db8::1]:8080 [2001:db8::1] 8080 ',
  ],
  [
    'a port over the one that Host has',
    { HTTP_HOST: 'app:80', HTTP_X_FORWARDED_PORT: '8080' },
    { xPort: 1 },
    '10.0.0.1 http app:8080 app 8080 ',
  ],
  [
    'two proxies',
    { HTTP_X_FORWARDED_FOR: '1.1.1.1,2.2.2.2,3.3.3.3' },
    { xFor: 2 },
    '2.2.2.2 http app app 80 ',
  ],
  [
    'fewer proxies than trusted',
    { HTTP_X_FORWARDED_FOR: '1.1.1.1' },
    { xFor: 2 },
    '10.0.0.1 http app app 80 ',
  ],
  [
    'none trusted',
    { HTTP_X_FORWARDED_FOR: '1.1.1.1', HTTP_X_FORWARDED_PROTO: 'https' },
    { xFor: 0, xProto: 0 },
    '10.0.0.1 http app app 80 ',
  ],
  ['an empty value', { HTTP_X_FORWARDED_FOR: '1.1.1.1, ' }, undefined, '10.0.0.1 http app app 80 '],
  [
    'a scheme other than http and https',
    { HTTP_X_FORWARDED_PROTO: 'gopher' },
    undefined,
    '10.0.0.1 http app app 80 ',
  ],
  [
    'a port that is not a number',
    { HTTP_X_FORWARDED_PORT: '80x' },
    { xPort: 1 },
    '10.0.0.1 http app app 80 ',
  ],
  ['a scheme in capitals', { HTTP_X_FORWARDED_PROTO: 'HTTPS' }, undefined, '10.0.0.1 https app app 80 '],
  [
    'a prefix without a slash',
    { HTTP_X_FORWARDED_PREFIX: 'a/' },
    { xPrefix: 1 },
    '10.0.0.1 http app app 80 /a',
  ],
  [
    'a prefix that would name a host in redirects',
    { HTTP_X_FORWARDED_PREFIX: '//evil' },
    { xPrefix: 1 },
    '10.0.0.1 http app app 80 /evil',
  ],
  ['a prefix of a slash', { HTTP_X_FORWARDED_PREFIX: '/' }, { xPrefix: 1 }, '10.0.0.1 http app app 80 '],
])('%s', async (_name, environ, options, expected) => {
  expect(await seen(environ, options)).toBe(expected);
});

test.each([
  ['203.0.113.9:5123', '203.0.113.9 5123'],
  ['[2001:db8::1]:99', '2001:db8::1 99'],
  ['[2001:db8::1]', '2001:db8::1 undefined'],
  ['2001:db8::1', '2001:db8::1 undefined'],
  ['::ffff:203.0.113.9', '203.0.113.9 undefined'],
  ['1.1.1.1, 203.0.113.9 ', '203.0.113.9 undefined'],
  ['unknown', '10.0.0.1 4711'],
  ['_hidden', '10.0.0.1 4711'],
  ['1.1.1.1, unknown', '10.0.0.1 4711'],
  ['256.1.1.1', '10.0.0.1 4711'],
  ['1.2.3', '10.0.0.1 4711'],
  ['203.0.113.9:', '10.0.0.1 4711'],
  ['203.0.113.9:70000', '10.0.0.1 4711'],
  ['203.0.113.9:x', '10.0.0.1 4711'],
  ['2001:db8::1::2', '10.0.0.1 4711'],
  ['[2001:db8::1', '10.0.0.1 4711'],
  ['localhost', '10.0.0.1 4711'],
  ['<script>', '10.0.0.1 4711'],
])('a client that is told as %s has the address and port %s', async (told, expected) => {
  const environ = { REMOTE_ADDR: '10.0.0.1', REMOTE_PORT: '4711', HTTP_X_FORWARDED_FOR: told };
  expect(await bodyFor(proxyFix(showing('REMOTE_ADDR', 'REMOTE_PORT')), environ)).toBe(expected);
});

test.each<[string, Partial<Environ>, string]>([
  ['443 of https', { HTTP_X_FORWARDED_PORT: '443' }, 'example.org 443'],
  ['80 of https', { HTTP_X_FORWARDED_PORT: '80' }, 'example.org:80 80'],
  ['80 of http', { HTTP_X_FORWARDED_PORT: '80', HTTP_X_FORWARDED_PROTO: 'http' }, 'example.org 80'],
  ['443 in a host', { HTTP_X_FORWARDED_HOST: 'example.org:443' }, 'example.org 443'],
  ['8443 in a host', { HTTP_X_FORWARDED_HOST: 'example.org:8443' }, 'example.org:8443 8443'],
  [
    '443 over one in a host',
    { HTTP_HOST: 'example.org:8000', HTTP_X_FORWARDED_PORT: '443' },
    'example.org 443',
  ],
  ['99999', { HTTP_X_FORWARDED_PORT: '99999' }, 'example.org 8000'],
])('of a port, %s, HTTP_HOST has what is not the default', async (_name, told, expected) => {
  const fixed = proxyFix(showing('HTTP_HOST', 'SERVER_PORT'), { xHost: 1, xPort: 1 });
  const base = { HTTP_HOST: 'example.org', SERVER_PORT: '8000', HTTP_X_FORWARDED_PROTO: 'https' };
  expect(await bodyFor(fixed, { ...base, ...told })).toBe(expected);
});

// Each of these took the square of its length, and a test that takes hours does not pass.
test.each<[keyof Environ, string]>([
  ['HTTP_X_FORWARDED_PREFIX', `${'/'.repeat(1_000_000)}x`],
  ['HTTP_X_FORWARDED_HOST', `${':'.repeat(1_000_000)}x`],
  ['HTTP_X_FORWARDED_HOST', `${'1'.repeat(1_000_000)}x`],
  ['HTTP_X_FORWARDED_FOR', `${':'.repeat(1_000_000)}x`],
  ['HTTP_X_FORWARDED_FOR', `${' '.repeat(1_000_000)}x`],
])('a long %s takes no longer than its length', async (name, value) => {
  const options = { xFor: 1, xHost: 1, xPort: 1, xPrefix: 1 };
  expect(await seen({ [name]: value, HTTP_X_FORWARDED_PORT: '1' }, options)).toContain('http');
});

test('what was there before is kept', async () => {
  let kept: unknown;
  const fixed = proxyFix((environ, startResponse) => {
    kept = environ['startproject.proxy_fix.orig'];
    return showing('REMOTE_PORT')(environ, startResponse);
  });
  const environ = { REMOTE_ADDR: '10.0.0.1', REMOTE_PORT: '4711', HTTP_X_FORWARDED_FOR: '1.1.1.1' };
  expect(await bodyFor(fixed, environ)).toBe('undefined');
  expect(kept).toMatchObject({ REMOTE_ADDR: '10.0.0.1', REMOTE_PORT: '4711', SERVER_PORT: '80' });
});
