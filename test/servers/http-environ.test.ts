import { expect, test } from 'vitest';
import { capture, exchange, startServer } from './_http.ts';

/** What the application sees of a request that is sent like this. */
async function environOf(request: string) {
  const { application, environs } = capture();
  const { port } = await startServer(application);
  const response = await exchange(port, request);
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  return environs[0]!;
}

const get = (target: string, ...headers: string[]) =>
  `${[`GET ${target} HTTP/1.1`, 'Host: example.org', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;

test('a request becomes CGI variables and wsgi keys', async () => {
  const { application, environs } = capture();
  const { port } = await startServer(application);
  await exchange(port, get('/p%61th/?q=%20', 'X-Thing: 1', 'Content-Type: text/x', 'Content-Length: 0'));
  expect(environs[0]).toEqual({
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/path/',
    QUERY_STRING: 'q=%20',
    CONTENT_TYPE: 'text/x',
    CONTENT_LENGTH: '0',
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: String(port),
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: expect.stringMatching(/^\d+$/),
    HTTP_HOST: 'example.org',
    HTTP_CONNECTION: 'close',
    HTTP_X_THING: '1',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.input': expect.anything(),
    'wsgi.errors': expect.anything(),
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'wsgi.file_wrapper': expect.any(Function),
    'wsgi.input_terminated': true,
  });
});

test('an environ is a plain object, new for each request', async () => {
  const { application, environs } = capture();
  const { url } = await startServer(application);
  await fetch(url);
  await fetch(url);
  expect(Object.getPrototypeOf(environs[0])).toBe(Object.prototype);
  expect(environs[0]).not.toBe(environs[1]);
});

test('what was not sent is left out', async () => {
  const environ = await environOf(get('/'));
  expect(environ).not.toHaveProperty('CONTENT_TYPE');
  expect(environ).not.toHaveProperty('CONTENT_LENGTH');
});

test('a header that came twice is joined, cookies by a semicolon, whatever the case of the names', async () => {
  const environ = await environOf(
    get('/', 'Accept: a', 'accept: b', 'Cookie: a=1', 'cookie: b=2', 'X-One: 1'),
  );
  expect(environ).toMatchObject({ HTTP_ACCEPT: 'a,b', HTTP_COOKIE: 'a=1; b=2', HTTP_X_ONE: '1' });
});

test('a Set-Cookie in a request is a string like the others', async () => {
  expect(await environOf(get('/', 'Set-Cookie: a=1'))).toMatchObject({ HTTP_SET_COOKIE: 'a=1' });
});

test('headers that could pass for others do not get in', async () => {
  const environ = await environOf(
    get('/', 'X_Real_IP: 6.6.6.6', 'Proxy: http://evil/', 'X-Real-IP: 1.2.3.4'),
  );
  expect(environ).not.toHaveProperty('HTTP_PROXY');
  expect(environ.HTTP_X_REAL_IP).toBe('1.2.3.4');
});

test('header values and decoded paths are latin-1, a byte a character', async () => {
  const environ = await environOf(get('/%80%C3', 'X-Name: caf\xc3\xa9'));
  expect(environ).toMatchObject({ PATH_INFO: '/\x80\xc3', HTTP_X_NAME: 'caf\xc3\xa9' });
});

test.each([
  ['http://other.org:81/a%20b?c', { PATH_INFO: '/a b', QUERY_STRING: 'c', HTTP_HOST: 'other.org:81' }],
  ['http://other.org', { PATH_INFO: '/', QUERY_STRING: '', HTTP_HOST: 'other.org' }],
  ['HTTP://other.org?c', { PATH_INFO: '/', QUERY_STRING: 'c', HTTP_HOST: 'other.org' }],
  ['//evil.org/path', { PATH_INFO: '/evil.org/path' }],
  ['///', { PATH_INFO: '/' }],
  ['/a//b', { PATH_INFO: '/a//b' }],
  ['/?a=http://x/?b', { PATH_INFO: '/', QUERY_STRING: 'a=http://x/?b' }],
  ['/a?', { PATH_INFO: '/a', QUERY_STRING: '' }],
])('the target %s is understood', async (target, expected) => {
  expect(await environOf(get(target))).toMatchObject(expected);
});

test('HTTP/1.0 needs no Host', async () => {
  const environ = await environOf('GET / HTTP/1.0\r\n\r\n');
  expect(environ.SERVER_PROTOCOL).toBe('HTTP/1.0');
  expect(environ).not.toHaveProperty('HTTP_HOST');
});

test('a name and a port that are given stand for the address that the client connected to', async () => {
  const { application, environs } = capture();
  const { url } = await startServer(application, {
    serverName: 'example.org',
    serverPort: 443,
    isMultiprocess: true,
  });
  await fetch(url);
  expect(environs[0]).toMatchObject({
    SERVER_NAME: 'example.org',
    SERVER_PORT: '443',
    'wsgi.multiprocess': true,
  });
});

test('OPTIONS * asks about the server, which answers it', async () => {
  const { application, environs } = capture();
  const { port } = await startServer(application);
  const response = await exchange(port, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(environs).toEqual([]);
});
