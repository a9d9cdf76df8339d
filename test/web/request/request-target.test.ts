import { expect, test } from 'vitest';
import { standardUrl } from '../../../src/web/request/request-target.ts';

const HOSTS = [
  'xn--nxasmq6b.example',
  'localhost',
  'localhost:80',
  'localhost:443',
  'localhost:8000',
  'localhost:08',
  'localhost:65535',
  'localhost:0',
  'Example.com',
  'example.com.',
  'a-b.example',
  '-a.example',
  'a_b.example',
  '127.0.0.1',
  '127.0.0.1:8000',
  '127.1',
  '0x7f.1',
  '1.2.3',
  '10.0.0.1',
  '[::1]:8000',
  '[0:0::1]',

  '1a.example',
  'b%41.example',
];
const PATHS = [
  '/',
  '//',
  '/a',
  '/a/',
  '/a//b',
  '/a/../b',
  '/a/./b',
  '/.',
  '/..',
  '/a/..',
  '/.well-known/x',
  '/a.b',
  '/a..b',
  '/%2e/a',
  '/%2E%2e/a',
  '/a%2e',
  '/a/%2e%2E',
  '/a%20b',
  '/%',
  "/it's",
  '/a;b=c,d',
  '/(a)!*~',
  '/a@b:c',
  '/$&+',
  '/a\\b',
  '/a"b',
  '/a`b',
  '/a|b',
  '/a^b',
  '/a{b}',
  '/%E3%81%82',
];
const QUERIES = [
  '',
  '?',
  '?a=b',
  '?a=b&c=%20',
  '?q=it%27s',
  "?q=it's",
  '?q="x"',
  '?q=<x>',
  '?a[]=1',
  '?/..',
  '?a=b?c',
  '?+',
];

const standard = (url: string) => new URL(url).href;

test.each(HOSTS)('a URL of %s is as a URL object writes it', (host) => {
  for (const scheme of ['http', 'https']) {
    for (const path of PATHS) {
      for (const query of QUERIES) {
        const url = `${scheme}://${host}${path}${query}`;
        expect(standardUrl(url)).toBe(standard(url));
      }
    }
  }
});

test.each(['a.0x1', 'a.1', 'localhost:65536', 'localhost:99999', 'a b', 'a<b'])(
  '%s is not a host',
  (host) => {
    expect(() => standardUrl(`http://${host}/`)).toThrow(TypeError);
  },
);

test.each(['xn--a.example', 'a.xn--0'])('%s is for the runtime to judge, and they differ', (host) => {
  const url = `http://${host}/`;
  if (URL.canParse(url)) expect(standardUrl(url)).toBe(standard(url));
  else expect(() => standardUrl(url)).toThrow(TypeError);
});
