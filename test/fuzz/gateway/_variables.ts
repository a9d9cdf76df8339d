import type { Random } from '../_random.ts';

export type Variables = readonly (readonly [name: string, value: string])[];

const PATHS = ['/', '/array', '/echo', '/a%20b/', '/%2f%00', '//x/../y', '*', 'http://a/b', '/\xff', ''];
const NAMES = [
  'PATH_INFO',
  'SCRIPT_NAME',
  'SCRIPT_FILENAME',
  'DOCUMENT_URI',
  'REDIRECT_URL',
  'SERVER_NAME',
  'SERVER_PORT',
  'SERVER_ADDR',
  'SERVER_PROTOCOL',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'HTTPS',
  'REQUEST_SCHEME',
  'CONTENT_TYPE',
  'HTTP_HOST',
  'HTTP_COOKIE',
  'HTTP_PROXY',
  'HTTP_CONTENT_LENGTH',
  'HTTP_TRANSFER_ENCODING',
  'HTTP_X_LONG',
  'wsgi.input',
  'startproject.client',
  '__proto__',
  'constructor',
];
const VALUES = [
  '',
  '/',
  '/a',
  '80',
  '127.0.0.1',
  'unix:',
  'on',
  'https',
  'a=1',
  'proxy:fcgi://h:1/a',
  'HTTP/2.0',
];

/** What a web server may send for a request with a body of so many bytes. */
export function randomVariables(random: Random, contentLength: number): Variables {
  const variables: [string, string][] = [
    ['CONTENT_LENGTH', String(contentLength)],
    ['SCGI', '1'],
    ['REQUEST_METHOD', random.pick(['GET', 'POST', 'HEAD', 'G', ''])],
    ['REQUEST_URI', random.pick(PATHS)],
  ];
  const count = random.below(12);
  for (let i = 0; i < count; i++) variables.push([random.pick(NAMES), randomValue(random)]);
  return variables;
}

function randomValue(random: Random): string {
  if (random.chance(0.8)) return random.pick(random.chance(0.5) ? VALUES : PATHS);
  return random.pick(['\xe9', 'x', '\r\n', '%']).repeat(random.below(random.chance(0.1) ? 400 : 10));
}
