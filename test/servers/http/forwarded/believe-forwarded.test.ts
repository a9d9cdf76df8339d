import { expect, test } from 'vitest';
import type { HttpServerOptions } from '../../../../src/servers/http/options.ts';
import { capture, exchange, startServer } from '../_http.ts';

const ALLOWED = ['127.0.0.1', '10.0.0.0/8', 'unix'];

/** What the application sees and the client gets, behind a proxy on 127.0.0.1 that sends these headers. */
async function behindProxy(headers: readonly string[], options: HttpServerOptions = {}) {
  const { application, environs } = capture();
  const server = await startServer(application, { forwardedAllowIps: ALLOWED, serverPort: 8000, ...options });
  const lines = ['GET / HTTP/1.1', 'Host: app', 'Connection: close', ...headers];
  const response = await exchange(server.port, `${lines.join('\r\n')}\r\n\r\n`);
  return { ...server, response, environ: environs[0] };
}

/** REMOTE_ADDR, the scheme, HTTPS, HTTP_HOST, SERVER_NAME, SERVER_PORT and SCRIPT_NAME. */
async function seen(...headers: readonly string[]): Promise<string> {
  const { environ } = await behindProxy(headers);
  const { REMOTE_ADDR, HTTPS = 'off', HTTP_HOST, SERVER_NAME, SERVER_PORT, SCRIPT_NAME } = environ!;
  const all = [
    REMOTE_ADDR,
    environ!['wsgi.url_scheme'],
    HTTPS,
    HTTP_HOST,
    SERVER_NAME,
    SERVER_PORT,
    SCRIPT_NAME,
  ];
  return all.join(' ');
}

test.each<[string, readonly string[], string]>([
  ['nothing', [], '127.0.0.1 http off app 127.0.0.1 8000 '],
  [
    'all of X-Forwarded-*',
    [
      'X-Forwarded-For: 203.0.113.9',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: example.org',
      'X-Forwarded-Port: 8443',
      'X-Forwarded-Prefix: /shop/',
    ],
    '203.0.113.9 https on example.org:8443 example.org 8443 /shop',
  ],
  ['a client that made up an address', ['X-Forwarded-For: 1.1.1.1, 203.0.113.9'], '203.0.113.9'],
  ['two proxies', ['X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2'], '203.0.113.9'],
  ['two proxies, in two lines', ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-For: 10.0.0.2'], '203.0.113.9'],
  ['a proxy on a unix socket', ['X-Forwarded-For: 203.0.113.9, unix:'], '203.0.113.9'],
  ['proxies alone', ['X-Forwarded-For: 10.0.0.3, 10.0.0.2'], '10.0.0.3'],
  ['a malformed address', ['X-Forwarded-For: 1.1.1.1, unknown, 10.0.0.2'], '10.0.0.2'],
  ['no address at all', ['X-Forwarded-For: unknown'], '127.0.0.1'],
  ['a scheme in capitals', ['X-Forwarded-Proto: HTTPS'], '127.0.0.1 https on'],
  ['a scheme that is unknown', ['X-Forwarded-Proto: gopher'], '127.0.0.1 http off'],
  ['the same scheme twice', ['X-Forwarded-Proto: https, https'], '127.0.0.1 https on'],
  ['X-Forwarded-Ssl', ['X-Forwarded-Ssl: on'], '127.0.0.1 https on'],
  ['X-Forwarded-Protocol', ['X-Forwarded-Protocol: ssl'], '127.0.0.1 https on'],
  ['a port that is too large', ['X-Forwarded-Port: 99999'], '127.0.0.1 http off app 127.0.0.1 8000'],
  [
    'a host with a port',
    ['X-Forwarded-Host: example.org:81'],
    '127.0.0.1 http off example.org:81 example.org 81',
  ],
  [
    'Forwarded',
    ['Forwarded: for="[2001:db8::1]:99";proto=https;host=example.org'],
    '2001:db8::1 https on example.org example.org 8000',
  ],
  [
    'Forwarded of two proxies',
    ['Forwarded: for=1.1.1.1;host=evil, for=203.0.113.9;proto=https;host=a, for=10.0.0.2;proto=http;host=b'],
    '203.0.113.9 https on a a 8000',
  ],
  ['Forwarded of a hidden client', ['Forwarded: for=_hidden;proto=https'], '127.0.0.1 https on'],
  [
    'a host that a client put into Forwarded, which the proxy passed on',
    ['X-Forwarded-For: 203.0.113.9', 'Forwarded: host=evil'],
    '203.0.113.9 http off app',
  ],
  [
    'both, which agree',
    ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https', 'Forwarded: for=203.0.113.9;proto=https'],
    '203.0.113.9 https on',
  ],
])('of a trusted peer, %s is believed as it should', async (_name, headers, expected) => {
  expect((await seen(...headers)).slice(0, expected.length)).toBe(expected);
});

test.each<[string, readonly string[], string]>([
  ['two schemes', ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http'], 'x-forwarded-proto has values'],
  ['two hosts', ['X-Forwarded-Host: a, b'], 'x-forwarded-host has values'],
  ['two ports', ['X-Forwarded-Port: 80, 81'], 'x-forwarded-port has values'],
  ['two prefixes', ['X-Forwarded-Prefix: /a', 'X-Forwarded-Prefix: /b'], 'x-forwarded-prefix has values'],
  ['Proto and Ssl', ['X-Forwarded-Proto: http', 'X-Forwarded-Ssl: on'], 'about the scheme'],
  ['Proto and Protocol', ['X-Forwarded-Proto: http', 'X-Forwarded-Protocol: ssl'], 'about the scheme'],
  ['Proto and Forwarded', ['X-Forwarded-Proto: https', 'Forwarded: proto=http'], 'about the scheme'],
  ['Host and Forwarded', ['X-Forwarded-Host: a', 'Forwarded: host=b'], 'about the host'],
  ['For and Forwarded', ['X-Forwarded-For: 1.1.1.1', 'Forwarded: for=2.2.2.2'], 'about the client'],
  ['a malformed Forwarded', ['Forwarded: for'], 'Forwarded header is malformed'],
  ['a malformed host', ['X-Forwarded-Host: a/b'], 'X-Forwarded-Host header is not a valid host'],
  ['a port that is no number', ['X-Forwarded-Host: a:x'], 'X-Forwarded-Host header is not a valid host'],
  ['a malformed host in Forwarded', ['Forwarded: host="a b"'], 'Forwarded header is not a valid host'],
])('of a trusted peer, %s is refused with 400', async (_name, headers, message) => {
  const { response, clientErrors, environ } = await behindProxy(headers);
  expect(response).toMatch(/^HTTP\/1\.1 400 /);
  expect(response).toContain(message);
  expect(clientErrors).toMatchObject([{ kind: 'malformed', status: 400 }]);
  expect(environ).toBeUndefined();
});

test.each<[string, HttpServerOptions]>([
  ['no list', { forwardedAllowIps: undefined }],
  ['an empty list', { forwardedAllowIps: [] }],
  ['a list without it', { forwardedAllowIps: ['10.0.0.0/8', 'unix'] }],
])('with %s, a peer sends headers as any other, contradictions as well', async (_name, options) => {
  const headers = ['X-Forwarded-For: 1.1.1.1', 'X-Forwarded-Proto: https, http', 'Forwarded: host=b'];
  const { environ } = await behindProxy(headers, options);
  expect(environ).toMatchObject({
    REMOTE_ADDR: '127.0.0.1',
    'wsgi.url_scheme': 'http',
    HTTP_HOST: 'app',
    HTTP_X_FORWARDED_FOR: '1.1.1.1',
    HTTP_X_FORWARDED_PROTO: 'https, http',
    HTTP_FORWARDED: 'host=b',
  });
  expect(environ).not.toHaveProperty('HTTPS');
});

test('with all peers trusted, the client is the first of the addresses', async () => {
  const headers = ['X-Forwarded-For: 203.0.113.9, 1.1.1.1, 10.0.0.2'];
  const { environ } = await behindProxy(headers, { forwardedAllowIps: ['*'] });
  expect(environ?.REMOTE_ADDR).toBe('203.0.113.9');
});

test('the record of a response has the address of the client', async () => {
  const { records } = await behindProxy(['X-Forwarded-For: 203.0.113.9']);
  expect(records).toMatchObject([{ remoteAddress: '203.0.113.9' }]);
});
