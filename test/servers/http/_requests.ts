/** Requests as bytes, each a table row: what it is about, the bytes, and what is to come of it. */

const HOST = 'Host: x\r\n';
const CHUNKS = '5\r\nhello\r\n0\r\n\r\n';

const line = (text: string) => `${text}\r\n${HOST}\r\n`;
const get = (...fields: string[]) => `GET / HTTP/1.1\r\n${HOST}${fields.map((f) => `${f}\r\n`).join('')}\r\n`;
const post = (fields: string, body: string) => `POST / HTTP/1.1\r\n${HOST}${fields}\r\n\r\n${body}`;
const withLength = (value: string) => post(`Content-Length:${value}`, 'hello');
/** A request whose head has so many bytes, in fields of 10,000 and one that fills it up. */
function headOf(size: number, ...fields: string[]): string {
  const fill = size - get(...fields).length;
  const whole = Math.floor((fill - 20) / 10_000);
  const full = Array.from({ length: whole }, (_, i) => `X-${i}: `.padEnd(10_000 - 2, 'a'));
  const rest = 'Z: '.padEnd(fill - whole * 10_000 - 2, 'a');
  return get(...fields, ...full, rest);
}
const withCoding = (value: string) => post(`Transfer-Encoding:${value}`, CHUNKS);
const withChunks = (chunks: string) => post('Transfer-Encoding: chunked', chunks);

type Refused = readonly [what: string, bytes: string, status: number];
type Accepted = readonly [what: string, bytes: string, expected: Record<string, unknown>];

const REFUSED_LENGTHS = [
  '+5',
  '-5',
  '5, 5',
  '5,5',
  '0x5',
  '5_0',
  '0 5',
  '5.0',
  '5;',
  '',
  '  ',
  '\x0b5',
  'five',
];
const OVERFLOWS = ['18446744073709551616', '99999999999999999999'];
const MALFORMED_CODINGS = [' chunked, chunked', ' chunked, identity', ' chunked,', ' \x0bchunked'];
const OTHER_CODINGS = [
  ' identity',
  ' identity, chunked',
  ' gzip',
  ' gzip, chunked',
  ' chunked;q=1',
  ' xchunked',
  ' chunke',
  ' chun ked',
  ' "chunked"',
  ',chunked',
  ' trailers',
];
const MALFORMED_CHUNKS = [
  '5 \r\nhello\r\n0\r\n\r\n',
  ' 5\r\nhello\r\n0\r\n\r\n',
  '+5\r\nhello\r\n0\r\n\r\n',
  '-5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '5_\r\nhello\r\n0\r\n\r\n',
  '\r\nhello\r\n0\r\n\r\n',
  ';a\r\nhello\r\n0\r\n\r\n',
  '5\nhello\r\n0\r\n\r\n',
  '5\r\nhello\n0\r\n\r\n',
  '5\r\nhelloX\r\n0\r\n\r\n',
  '5\r\nhello0\r\n\r\n',
  '5\r\nhello\r0\r\n\r\n',
  '5\r\nhello\r\n0\r\n\n',
  '5\r\nhello\r\n0\n\n',
  '5;a\rb\r\nhello\r\n0\r\n\r\n',
  '5;a\nb\r\nhello\r\n0\r\n\r\n',
  '5;\x01\r\nhello\r\n0\r\n\r\n',
  'fffffffffffffffff\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n',
  '5\r\nhello\r\n0\r\nX: a\0b\r\n\r\n',
];
const FORBIDDEN_TRAILERS = [
  'Host: y',
  'host: y',
  'Content-Length: 4',
  'Transfer-Encoding: chunked',
  'TE: trailers',
  'Trailer: X',
  'Authorization: Basic YTpi',
];
const UNKNOWN_VERSIONS = ['HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/3.0', 'HTTP/9.9'];
const MALFORMED_VERSIONS = [
  'HTTP/1.10',
  'HTTP/01.1',
  'HTTP/11',
  'HTTP/1.',
  'http/1.1',
  'HTTP/1.1 ',
  'FTP/1.1',
  '',
];
const BAD_TARGETS = [
  '*',
  'x',
  'x:80',
  'example.com:443',
  '?q',
  '#f',
  '',
  '\\x',
  'http:',
  'http:/x',
  'http://',
  'http:///x',
  'http://u@h/',
  'http://h#f',
  'http://h/a#f',
  'http://h?a#f',
  '/a#b',
  '/a?b#c',
  '/#',
  'http://h\\@evil/',
  'ftp://h/x',
  'javascript:alert(1)',
  '/a b',
  '/a\tb',
  '/a\0b',
  '/\x01',
  '/\x7f',
  '/\xe9',
];
const CONTROL_CHARACTERS = [
  '\0',
  '\x01',
  '\x07',
  '\x08',
  '\x0b',
  '\x0c',
  '\x0e',
  '\x1b',
  '\x1f',
  '\x7f',
  '\r',
];
const BAD_HOSTS = [
  'a b',
  'a, b',
  'a/b',
  'u@a',
  'u:p@a:80',
  'a?b',
  'a#b',
  'a\\b',
  '"a"',
  '<a>',
  'a\tb',
  'localhost:x',
  'localhost:-1',
  'localhost:+80',
  'localhost: 80',
  'localhost:0x50',
  'localhost:80:80',
  'localhost:65536',
  'localhost:99999',
  `localhost:${'9'.repeat(400)}`,
  ':80',
  ':',
  '::1',
  '[::1',
  '::1]',
  '[::1]x',
  '[::1]80',
  '[::1]:x',
  '[]',
  '[a]',
  '[1.2.3.4]',
  '[::1%25lo]',
  '[1:2]',
  'a[b]',
  'a%',
  'a%4',
  'a%zz',
  'caf\xe9.org',
  'caf\xc3\xa9.org',
];
/** In a URL a host ends at a slash and at a question mark. */
const BAD_HOSTS_OF_TARGETS = BAD_HOSTS.filter((host) => !/[/?]/.test(host));
const GOOD_HOSTS = [
  'a:',
  'a:0',
  'a:00080',
  'a:65535',
  'a.example.org.',
  'a_b-c~d',
  'a%41',
  '127.0.0.1:8000',
  '[::1]',
  '[::ffff:1.2.3.4]:80',
  '[2001:DB8::1]:',
];
const BAD_FIELDS = [
  'X',
  'X : a',
  ': a',
  'X\0: a',
  'X\xe9: a',
  'X": a',
  'X(: a',
  'X: a\r\n b',
  'X: a\r\n\tb',
  'X: a\nY: b',
];

const rows = <T>(values: readonly T[], row: (value: T) => Refused): Refused[] => values.map(row);
const shown = (value: string) => JSON.stringify(value);

export const REFUSED: readonly Refused[] = [
  ...rows(REFUSED_LENGTHS, (value) => [`Content-Length ${shown(value)}`, withLength(value), 400]),
  ...rows(OVERFLOWS, (value) => [`Content-Length ${value}`, withLength(value), 400]),
  ['Content-Length with a space before the colon', post('Content-Length : 5', 'hello'), 400],
  ['two Content-Lengths', post('Content-Length: 5\r\nContent-Length: 6', 'hello'), 400],
  ['two equal Content-Lengths', post('Content-Length: 5\r\ncontent-length: 5', 'hello'), 400],
  ['chunks, then Content-Length', post('Transfer-Encoding: chunked\r\nContent-Length: 5', CHUNKS), 400],
  ['Content-Length, then chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', CHUNKS), 400],
  ['Content-Length, then no coding', post('Content-Length: 5\r\nTransfer-Encoding: identity', 'hello'), 400],
  ...rows(MALFORMED_CODINGS, (value) => [`Transfer-Encoding ${shown(value)}`, withCoding(value), 400]),
  ...rows(OTHER_CODINGS, (value) => [`Transfer-Encoding ${shown(value)}`, withCoding(value), 501]),
  ['chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', CHUNKS), 400],
  ['chunked, then another', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip', CHUNKS), 400],
  ['another, then chunked', post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked', CHUNKS), 501],
  ['another coding for GET', get('Transfer-Encoding: gzip'), 501],
  ['chunks in HTTP/1.0', `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`, 400],
  [
    'kept chunks in HTTP/1.0',
    `POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    400,
  ],
  ...rows(MALFORMED_CHUNKS, (chunks) => [`chunks ${shown(chunks)}`, withChunks(chunks), 400]),
  ...rows(FORBIDDEN_TRAILERS, (field) => [
    `a trailer ${field}`,
    withChunks(`5\r\nhello\r\n0\r\n${field}\r\n\r\n`),
    400,
  ]),
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['no Host, whatever the target says', 'GET http://x/ HTTP/1.1\r\n\r\n', 400],
  ['no Host for the server itself', 'OPTIONS * HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', get('Host: y'), 400],
  ['two equal Hosts', get('host: x'), 400],
  ...rows(BAD_HOSTS, (host) => [`Host ${shown(host)}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400]),
  ...rows(BAD_HOSTS, (host) => [
    `Host ${shown(host)} in HTTP/1.0`,
    `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`,
    400,
  ]),
  ...rows(BAD_HOSTS_OF_TARGETS, (host) => [
    `target with the host ${shown(host)}`,
    line(`GET http://${host}/ HTTP/1.1`),
    400,
  ]),
  ['a Host that is none, whatever the target says', 'GET http://x/ HTTP/1.1\r\nHost: a:x\r\n\r\n', 400],
  ['two Content-Types', get('Content-Type: a', 'Content-Type: b'), 400],
  ...rows(UNKNOWN_VERSIONS, (version) => [`version ${shown(version)}`, line(`GET / ${version}`), 505]),
  ...rows(MALFORMED_VERSIONS, (version) => [`version ${shown(version)}`, line(`GET / ${version}`), 400]),
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ...rows(BAD_TARGETS, (target) => [`target ${shown(target)}`, line(`GET ${target} HTTP/1.1`), 400]),
  ['CONNECT', line('CONNECT x:80 HTTP/1.1'), 501],
  ['CONNECT to a path', line('CONNECT / HTTP/1.1'), 501],
  ['a method in lower case', line('get / HTTP/1.1'), 400],
  ['an unknown method', line('FOO / HTTP/1.1'), 400],
  ['a tab behind the method', line('GET\t/ HTTP/1.1'), 400],
  ['a space before the method', line(' GET / HTTP/1.1'), 400],
  ...rows(CONTROL_CHARACTERS, (it) => [`${shown(it)} in a value`, get(`X: a${it}b`), 400]),
  ...rows(BAD_FIELDS, (field) => [`a field ${shown(field)}`, get(field), 400]),
  ['a folded line before all fields', `GET / HTTP/1.1\r\n X: a\r\n${HOST}\r\n`, 400],
  ['lines that end in LF', 'GET / HTTP/1.1\nHost: x\n\n', 400],
  ['an expectation that is unknown', post('Expect: wonders\r\nContent-Length: 5', 'hello'), 417],
  ['a request line of 8,191 bytes', line(`GET /${'a'.repeat(8191 - 14)} HTTP/1.1`), 414],
  ['101 fields', get(...Array.from({ length: 100 }, (_, i) => `X-${i}: a`)), 431],
  ['101 equal fields', get(...Array.from({ length: 100 }, () => 'X: a')), 431],
  ['a field of 16,385 bytes', get(`X: ${'a'.repeat(16_385 - 5)}`), 431],
  ['a repeated field of 16,385 bytes', get('X: a', `X: ${'a'.repeat(16_385 - 5)}`), 431],
  ['a head of 65,537 bytes', headOf(65_537), 431],
  ['a head of 65,537 bytes with repeated fields', headOf(65_537, 'X: a'), 431],
  ['a head that is far too large', headOf(2_000_000), 431],
];

const FULL_FIELD = 'a'.repeat(16_384 - 5);

export const ACCEPTED: readonly Accepted[] = [
  ['space around Content-Length', withLength('\t 5 '), { CONTENT_LENGTH: '5', body: 'hello' }],
  ['zeros before Content-Length', withLength('005'), { CONTENT_LENGTH: '005', body: 'hello' }],
  ['chunks', withCoding(' chunked'), { HTTP_TRANSFER_ENCODING: 'chunked', body: 'hello' }],
  ['CHUNKED', withCoding('CHUNKED '), { body: 'hello' }],
  [
    'chunks for GET',
    `GET / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    { body: 'hello' },
  ],
  ['chunk extensions', withChunks('5;a=b;c="d\\"e"\r\nhello\r\n0;f\r\n\r\n'), { body: 'hello' }],
  ['zeros in a chunk size', withChunks('005\r\nhello\r\n00\r\n\r\n'), { body: 'hello' }],
  ['a chunk size in capitals', withChunks('A\r\n0123456789\r\n0\r\n\r\n'), { body: '0123456789' }],
  ['other trailers', withChunks('5\r\nhello\r\n0\r\nX-Sum: y\r\n\r\n'), { body: 'hello' }],
  [
    'names with underscores',
    post('Content-Length: 5\r\nTransfer_Encoding: chunked', 'hello'),
    { body: 'hello' },
  ],
  ['Proxy', get('Proxy: http://evil/', 'PROXY: x', 'proxy: y'), { PATH_INFO: '/' }],
  [
    'an absolute URL',
    line('GET http://h:81/p?q HTTP/1.1'),
    { HTTP_HOST: 'h:81', PATH_INFO: '/p', QUERY_STRING: 'q' },
  ],
  [
    'an absolute URL without path',
    line('GET HTTP://h?q HTTP/1.1'),
    { HTTP_HOST: 'h', PATH_INFO: '/', QUERY_STRING: 'q' },
  ],
  ['two slashes', line('GET //evil.com/%2e%2e HTTP/1.1'), { PATH_INFO: '/evil.com/..' }],
  ...GOOD_HOSTS.map(
    (host): Accepted => [`Host ${host}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { HTTP_HOST: host }],
  ),
  ...GOOD_HOSTS.map(
    (host): Accepted => [
      `a target with the host ${host}`,
      line(`GET http://${host}/ HTTP/1.1`),
      { HTTP_HOST: host },
    ],
  ),
  ['no Host value', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', { HTTP_HOST: '' }],
  ['an IPv6 Host', 'GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n', { HTTP_HOST: '[2001:db8::1]:80' }],
  ['latin-1 and tabs in a value', get('X: \xe9\t\xff'), { HTTP_X: '\xe9\t\xff' }],
  ['empty lines before', `\r\n\r\n${get()}`, { PATH_INFO: '/' }],
  [
    'a request line of 8,190 bytes',
    line(`GET /${'a'.repeat(8190 - 14)} HTTP/1.1`),
    { REQUEST_METHOD: 'GET' },
  ],
  ['100 fields', get(...Array.from({ length: 99 }, (_, i) => `X-${i}: a`)), { HTTP_X_98: 'a' }],
  [
    'fields of 16,384 bytes',
    get(`X: ${FULL_FIELD}`, `Y: ${FULL_FIELD}`, `X: ${FULL_FIELD}`),
    { HTTP_Y: FULL_FIELD },
  ],
  ['a head of 65,536 bytes', headOf(65_536), { HTTP_X_0: 'a'.repeat(9_993) }],
  ['a head of 65,536 bytes with repeated fields', headOf(65_536, 'X-0: a'), { PATH_INFO: '/' }],
];
