import { describe, expect, test } from 'vitest';
import { GatewayEnvirons } from '../../../src/servers/gateway/environ.ts';
import { HttpRefusal } from '../../../src/servers/http/request/refusal.ts';
import { ErrorStream } from '../../../src/wsgi/environ/errors-stream.ts';
import { checkEnviron } from '../../../src/wsgi/validate/check-environ.ts';

const DEFAULTS = { errors: new ErrorStream(() => {}), isMultiprocess: true };
const source = { pull: () => null };

/** An environ of a GET request with these variables beside it, or in its place. */
function environOf(
  sent: Readonly<Record<string, string>> | readonly [string, string][],
  forceScriptName?: string,
) {
  const more = Array.isArray(sent) ? sent : Object.entries(sent);
  const variables = [['REQUEST_METHOD', 'GET'], ['REQUEST_URI', '/x?a=b'], ...more] as [string, string][];
  const environ = new GatewayEnvirons().make(variables, source, { ...DEFAULTS, forceScriptName });
  const found: string[] = [];
  checkEnviron(environ, { found: (_rule: string, what: string) => found.push(what) } as never);
  expect(found).toEqual([]);
  return environ;
}

describe('the environ of what a web server sent', () => {
  test('has all that every environ has, when next to nothing was sent', () => {
    expect(environOf({})).toEqual({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/x',
      QUERY_STRING: 'a=b',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REQUEST_URI: '/x?a=b',
      'wsgi.version': [1, 0],
      'wsgi.url_scheme': 'http',
      'wsgi.input': expect.anything(),
      'wsgi.errors': DEFAULTS.errors,
      'wsgi.multithread': false,
      'wsgi.multiprocess': true,
      'wsgi.run_once': false,
      'wsgi.file_wrapper': expect.any(Function),
      'wsgi.input_terminated': true,
    });
  });

  test('keeps what else was sent', () => {
    const sent = {
      DOCUMENT_ROOT: '/var/www',
      REMOTE_USER: 'anna',
      'my.tier': 'x',
      HTTP_X_ID: '1',
      SSL_CIPHER: 'y',
    };
    expect(environOf(sent)).toMatchObject(sent);
  });

  test.each([
    ['on', undefined, 'https'],
    ['1', undefined, 'https'],
    ['ON', 'http', 'https'],
    ['off', undefined, 'http'],
    ['off', 'https', 'http'],
    ['', 'https', 'https'],
    [undefined, 'https', 'https'],
    [undefined, 'http', 'http'],
    [undefined, 'ftp', 'http'],
  ])('has the scheme, of HTTPS %s and REQUEST_SCHEME %s', (https, scheme, expected) => {
    const environ = environOf({
      ...(https === undefined ? {} : { HTTPS: https }),
      ...(scheme === undefined ? {} : { REQUEST_SCHEME: scheme }),
    });
    expect(environ['wsgi.url_scheme']).toBe(expected);
    expect(environ.HTTPS).toBe(expected === 'https' ? 'on' : undefined);
    expect(environ.SERVER_PORT).toBe(expected === 'https' ? '443' : '80');
  });

  test.each([
    [{ SERVER_NAME: 'a.org', SERVER_PORT: '8080', SERVER_ADDR: '1.2.3.4' }, 'a.org', '8080'],
    [{ SERVER_NAME: '', SERVER_PORT: '', SERVER_ADDR: '1.2.3.4' }, '1.2.3.4', '80'],
    [{ SERVER_NAME: '_', SERVER_ADDR: '::1' }, '[::1]', '80'],
    [{ SERVER_NAME: '::1', SERVER_PORT: 'http' }, '[::1]', '80'],
    [{ SERVER_NAME: 'a.org:81' }, 'a.org', '80'],
    [{ SERVER_NAME: '[::1]:81' }, '[::1]', '80'],
    [{ SERVER_NAME: 'a b', SERVER_PORT: '65536' }, 'localhost', '80'],
    [{ SERVER_ADDR: '::ffff:1.2.3.4' }, '1.2.3.4', '80'],
  ])('has the name and port of the server, of %o', (sent, name, port) => {
    expect(environOf(sent)).toMatchObject({ SERVER_NAME: name, SERVER_PORT: port });
  });

  test.each([
    [{ REMOTE_ADDR: '1.2.3.4', REMOTE_PORT: '5' }, '1.2.3.4', '5'],
    [{ REMOTE_ADDR: '::ffff:1.2.3.4', REMOTE_PORT: '' }, '1.2.3.4', undefined],
    [{ REMOTE_ADDR: '::1' }, '::1', undefined],
    [{ REMOTE_ADDR: 'unix:', REMOTE_PORT: '' }, undefined, undefined],
    [{ REMOTE_ADDR: '', REMOTE_PORT: '0' }, undefined, undefined],
    [{}, undefined, undefined],
  ])('has the client where there is one, of %o', (sent, address, port) => {
    const environ = environOf(sent);
    expect([environ.REMOTE_ADDR, environ.REMOTE_PORT]).toEqual([address, port]);
    expect('REMOTE_ADDR' in environ).toBe(address !== undefined);
  });

  test.each([
    [{ QUERY_STRING: 'c=d' }, 'c=d'],
    [{ QUERY_STRING: '' }, ''],
    [{ REQUEST_URI: '/x' }, ''],
    [{ REQUEST_URI: '/x?a?b#c' }, 'a?b'],
  ])('has the query as it was sent, or that of REQUEST_URI: %o', (sent, query) => {
    expect(environOf(sent).QUERY_STRING).toBe(query);
  });

  test('has no CONTENT_LENGTH and CONTENT_TYPE that are empty', () => {
    const environ = environOf({ CONTENT_LENGTH: '', CONTENT_TYPE: '' });
    expect('CONTENT_LENGTH' in environ || 'CONTENT_TYPE' in environ).toBe(false);
  });

  test('has them also where they were sent as headers, and these not', () => {
    const environ = environOf({ HTTP_CONTENT_LENGTH: '3', HTTP_CONTENT_TYPE: 'text/x' });
    expect(environ).toMatchObject({ CONTENT_LENGTH: '3', CONTENT_TYPE: 'text/x' });
    expect('HTTP_CONTENT_LENGTH' in environ || 'HTTP_CONTENT_TYPE' in environ).toBe(false);
  });

  test('has no CONTENT_LENGTH where the web server keeps the body back, and sends the header all the same', () => {
    const environ = environOf({ CONTENT_LENGTH: '', HTTP_CONTENT_LENGTH: '3' });
    expect(environ).not.toHaveProperty('CONTENT_LENGTH');
    expect(environ).not.toHaveProperty('HTTP_CONTENT_LENGTH');
  });

  test('has the transfer coding only of a body of which the length is not known', () => {
    expect(environOf({ HTTP_TRANSFER_ENCODING: 'chunked' }).HTTP_TRANSFER_ENCODING).toBe('chunked');
    expect(environOf({ HTTP_TRANSFER_ENCODING: 'chunked', CONTENT_LENGTH: '3' })).not.toHaveProperty(
      'HTTP_TRANSFER_ENCODING',
    );
  });

  test('says that there is a body of unknown length, where Caddy sends a length of -1', () => {
    const environ = environOf({ CONTENT_LENGTH: '-1' });
    expect(environ.HTTP_TRANSFER_ENCODING).toBe('chunked');
    expect(environ).not.toHaveProperty('CONTENT_LENGTH');
  });

  test.each(['HTTP/2.0', 'HTTP/3', 'HTTP/1.0'])('has the protocol %s', (protocol) => {
    expect(environOf({ SERVER_PROTOCOL: protocol }).SERVER_PROTOCOL).toBe(protocol);
  });

  test('has HTTP/1.1 for a malformed protocol', () => {
    expect(environOf({ SERVER_PROTOCOL: 'INCLUDED' }).SERVER_PROTOCOL).toBe('HTTP/1.1');
  });

  test('has the mount point that is forced, as bytes', () => {
    expect(environOf({ REQUEST_URI: '/caf%C3%A9/x' }, '/café')).toMatchObject({
      SCRIPT_NAME: '/caf\xc3\xa9',
      PATH_INFO: '/x',
    });
  });

  test.each([
    'HTTP_PROXY',
    'wsgi.input',
    'wsgi.url_scheme',
    'WSGI.errors',
    'wsgi.made_up',
    'startproject.client',
    '__proto__',
    '',
    'A B',
    'A=B',
    'A\0',
    'A\n',
    'caf\xe9',
  ])('has not taken over the variable %j', (name) => {
    const environ = environOf({ [name]: 'evil' });
    expect(Object.values(environ)).not.toContain('evil');
    expect(Object.getPrototypeOf(environ)).toBe(Object.prototype);
  });

  test('has the names of objects as any other', () => {
    expect(environOf({ constructor: 'x', toString: 'y' })).toMatchObject({ constructor: 'x', toString: 'y' });
  });

  test('joins headers that were sent twice, and takes the last of other variables', () => {
    const environ = environOf([
      ['HTTP_ACCEPT', 'a'],
      ['HTTP_COOKIE', 'a=1'],
      ['DOCUMENT_ROOT', '/one'],
      ['HTTP_ACCEPT', 'b'],
      ['HTTP_COOKIE', 'b=2'],
      ['DOCUMENT_ROOT', '/two'],
      ['HTTP_HOST', 'a.org'],
      ['HTTP_HOST', 'a.org:8000'],
    ]);
    expect(environ).toMatchObject({
      HTTP_HOST: 'a.org:8000',
      HTTP_ACCEPT: 'a, b',
      HTTP_COOKIE: 'a=1; b=2',
      DOCUMENT_ROOT: '/two',
    });
  });

  test('has no spaces and tabs around the value of a header', () => {
    expect(environOf({ HTTP_X: ' \ta \tb\t ', HTTP_Y: ' \t' })).toMatchObject({
      HTTP_X: 'a \tb',
      HTTP_Y: '',
    });
  });

  test('has no host where none was sent', () => {
    expect(environOf({ HTTP_HOST: '' })).not.toHaveProperty('HTTP_HOST');
  });

  test('keeps bytes beyond ASCII', () => {
    expect(environOf({ HTTP_X: 'caf\xe9', QUERY_STRING: '\xff' })).toMatchObject({
      HTTP_X: 'caf\xe9',
      QUERY_STRING: '\xff',
    });
  });
});

test.each<[string, [string, string][]]>([
  ['no method', [['REQUEST_METHOD', '']]],
  ['a method of two words', [['REQUEST_METHOD', 'GET /']]],
  ['a line end in a header', [['HTTP_X', 'a\r\nb']]],
  ['a NUL in a header', [['HTTP_X', 'a\0']]],
  ['a control character in CONTENT_TYPE', [['CONTENT_TYPE', 'a\x01']]],
  ['a CONTENT_LENGTH that is not a number', [['CONTENT_LENGTH', '3, 3']]],
  ['a negative CONTENT_LENGTH', [['CONTENT_LENGTH', '-2']]],
  ['a CONTENT_LENGTH that no number holds', [['CONTENT_LENGTH', '9'.repeat(16)]]],
  ['a malformed host', [['HTTP_HOST', 'a b']]],
  ['a port that is no number', [['HTTP_HOST', 'a:x']]],
  ['an address whose bracket is open', [['HTTP_HOST', '[::1']]],
  ['an asterisk that is not for OPTIONS', [['REQUEST_URI', '*']]],
])('a request with %s is refused with 400', (_what, sent) => {
  const refused = () => environOf(sent);
  expect(refused).toThrow(HttpRefusal);
  expect(refused).toThrow(expect.objectContaining({ status: 400 }));
});
