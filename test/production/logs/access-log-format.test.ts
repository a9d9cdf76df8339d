import { afterAll, describe, expect, test, vi } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import {
  COMBINED,
  checkAccessLogFormat,
  compileAccessLogFormat,
} from '../../../src/production/logs/access-log-format.ts';
import { NOW, recordOf } from './_record.ts';

vi.stubEnv('TZ', 'UTC');
afterAll(() => void vi.unstubAllEnvs());

const formatted = (format: string, record = recordOf()) => compileAccessLogFormat(format, () => NOW)(record);

test('the combined format is that of Apache', () => {
  const record = recordOf({ request: { referer: 'http://example.com/', 'user-agent': 'curl/8.0' } });
  expect(formatted(COMBINED, record)).toBe(
    '127.0.0.1 - - [27/Nov/2026:02:30:00 +0000] "GET /a?b=c HTTP/1.1" 200 12 "http://example.com/" "curl/8.0"\n',
  );
});

test.each([
  {},
  { status: 0, bytes: 0, remoteAddress: undefined },
  {
    method: 'PO"ST',
    target: '/\x1b"',
    request: { referer: '"', 'user-agent': '\\', authorization: `Basic ${btoa('a"n:x')}` },
  },
])('the default format, which is made at once, has what its atoms have: %j', (given) => {
  const record = recordOf(given);
  expect(formatted(COMBINED, record)).toBe(formatted(` ${COMBINED}`, record).slice(1));
});

test.each([
  ['h', '127.0.0.1'],
  ['l', '-'],
  ['u', '-'],
  ['t', '[27/Nov/2026:02:30:00 +0000]'],
  ['r', 'GET /a?b=c HTTP/1.1'],
  ['m', 'GET'],
  ['U', '/a'],
  ['q', 'b=c'],
  ['H', 'HTTP/1.1'],
  ['s', '200'],
  ['b', '12'],
  ['B', '12'],
  ['f', '-'],
  ['a', '-'],
  ['T', '1'],
  ['M', '1234'],
  ['D', '1234567'],
  ['L', '1.234568'],
  ['p', `<${process.pid}>`],
])('%%(%s)s is what gunicorn has it to be', (atom, expected) => {
  expect(formatted(`%(${atom})s`)).toBe(`${expected}\n`);
});

describe('headers and variables', () => {
  const record = recordOf({
    request: { 'x-request-id': 'abc' },
    response: { 'content-type': 'text/html' },
    environ: {
      REMOTE_USER: 'ann',
      'wsgi.url_scheme': 'https',
      'site.retries': 3,
      'site.object': {},
      'site.empty': '',
    },
  });

  test('are named in braces, in any case', () => {
    expect(formatted('%({X-Request-ID}i)s %({Content-Type}o)s %({remote_user}e)s', record)).toBe(
      'abc text/html ann\n',
    );
    expect(formatted('%({wsgi.url_scheme}e)s %({site.retries}e)s', record)).toBe('https 3\n');
  });

  test('that are not there are a hyphen, and so are objects', () => {
    expect(formatted('%({x}i)s %({x}o)s %({x}e)s %({site.object}e)s %({site.empty}e)s', record)).toBe(
      '- - - - -\n',
    );
    expect(formatted('%({x}e)s')).toBe('-\n');
  });
});

test('a client on a unix socket has no address', () => {
  expect(formatted('%(h)s', recordOf({ remoteAddress: undefined }))).toBe('-\n');
});

test('a path is shown without the host of a proxy request', () => {
  expect(formatted('%(U)s %(q)s', recordOf({ target: 'http://example.com/x/%0a?y' }))).toBe('/x/%0a y\n');
  expect(formatted('%(U)s %(q)s.', recordOf({ target: '*' }))).toBe('* .\n');
});

test('a body without bytes is a hyphen in %(b)s and 0 in %(B)s', () => {
  expect(formatted('%(b)s %(B)s', recordOf({ bytes: 0 }))).toBe('- 0\n');
});

test('a client that went away before the response is a 499', () => {
  expect(formatted('%(s)s', recordOf({ status: 0 }))).toBe('499\n');
});

test('numbers may be written as such, and percent signs twice', () => {
  expect(formatted('%(D)d%% %(s)d')).toBe('1234567% 200\n');
});

test('text beyond ASCII in a format is written in UTF-8', () => {
  expect(Buffer.from(formatted('é %(s)s'), 'latin1').toString()).toBe('é 200\n');
});

describe('what a client sends cannot leave its place', () => {
  const evil = 'x"\\ \r\n127.0.0.1 - - [forged] "GET /" \x1b[2J \x00\x7f \x9b2J é';
  const shown = 'x\\"\\\\ \\x0d\\x0a127.0.0.1 - - [forged] \\"GET /\\" \\x1b[2J \\x00\\x7f \\x9b2J \\xe9';

  test.each([
    ['the target', '%(r)s', recordOf({ target: evil }), `GET ${shown} HTTP/1.1\n`],
    ['the method', '%(m)s', recordOf({ method: evil }), `${shown}\n`],
    ['the path', '%(U)s', recordOf({ target: `/${evil}` }), `/${shown}\n`],
    ['the query', '%(q)s', recordOf({ target: `/?${evil}` }), `${shown}\n`],
    ['the referer', '%(f)s', recordOf({ request: { referer: evil } }), `${shown}\n`],
    ['the user agent', '%(a)s', recordOf({ request: { 'user-agent': evil } }), `${shown}\n`],
    ['a header', '%({x}i)s', recordOf({ request: { x: evil } }), `${shown}\n`],
    ['a header of the response', '%({x}o)s', recordOf({ response: { x: evil } }), `${shown}\n`],
    ['a variable', '%({x}e)s', recordOf({ environ: { x: `${evil}\u2028` } }), `${shown}\\u2028\n`],
    ['an address', '%(h)s', recordOf({ remoteAddress: evil }), `${shown}\n`],
    [
      'a user name',
      '%(u)s',
      recordOf({
        request: { authorization: `Basic ${Buffer.from('an"n\n\xe9:x', 'latin1').toString('base64')}` },
      }),
      'an\\"n\\x0a\\xe9\n',
    ],
  ])('%s', (_part, format, record, expected) => {
    expect(formatted(format, record)).toBe(expected);
  });
});

test.each(['Bearer abc', 'Basic', 'Basic ***', `Basic ${btoa(':secret')}`])(
  '%s names no user',
  (authorization) => {
    expect(formatted('%(u)s', recordOf({ request: { authorization } }))).toBe('-\n');
  },
);

describe('a format that is wrong is refused', () => {
  test.each([
    ['%(x)s', 'There is no atom %(x)s.', /^There are h \(address of the client\), l/],
    ['%(S)s', 'There is no atom %(S)s.', /^Did you mean %\(s\)s\?/],
    ['%(status)s', 'There is no atom %(status)s.', /^Did you mean %\(s\)s\?/],
    ['%(requst)s', 'There is no atom %(requst)s.', /^Did you mean %\(r\)s\?/],
    ['%({referer})s', 'There is no atom %({referer})s.', /^Did you mean %\(\{referer\}i\)s\?/],
    ['%(constructor)s', 'There is no atom %(constructor)s.', /There are/],
    [
      '%h %l',
      "A format has gunicorn's atoms, such as %(h)s, and %% for a percent sign. Found '%h'.",
      /Write %\(h\)s\./,
    ],
    ['100%', "A format has gunicorn's atoms, such as %(h)s, and %% for a percent sign. Found '%'.", /Apache/],
    ['%(h)', "%(h) ends in s: %(h)s. Found '%(h)'.", undefined],
    ['%(h)d', "%(h) ends in s: %(h)s. Found '%(h)d'.", undefined],
    ['%(h)s\n', "A format is one line without control characters. Found '%(h)s\\n'.", undefined],
  ])('%j', (format, message, hint) => {
    const check = () => checkAccessLogFormat(format);
    expect(check).toThrow(ImproperlyConfigured);
    expect(check).toThrow(
      expect.objectContaining({
        message,
        hint: hint === undefined ? undefined : expect.stringMatching(hint),
      }),
    );
  });
});

test('the formats that people use are taken', () => {
  for (const format of [COMBINED, 'json', '%(t)s %({x-forwarded-for}i)s "%(r)s" %(L)s %(p)s']) {
    expect(() => checkAccessLogFormat(format)).not.toThrow();
  }
});
