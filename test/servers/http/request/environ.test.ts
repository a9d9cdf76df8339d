import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { acceptFor, capture, createServer, exchange, startServer } from '../_http.ts';

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

test('a Set-Cookie in a request is a string like the others', async () => {
  expect(await environOf(get('/', 'Set-Cookie: a=1'))).toMatchObject({ HTTP_SET_COOKIE: 'a=1' });
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

test('each connection has the address that it came in at, at however many the server listens', async () => {
  const { application, environs } = capture();
  const { server } = createServer(application);
  const listen = async (host: string) => ((await server.listen({ host, port: 0 })) as AddressInfo).port;
  const seen = async (host: string, port: number) => {
    await (await fetch(`http://${host}:${port}/`, { headers: { Connection: 'close' } })).text();
    const { SERVER_NAME, SERVER_PORT } = environs.at(-1)!;
    return [SERVER_NAME, SERVER_PORT];
  };
  const one = await listen('127.0.0.1');
  expect(await seen('127.0.0.1', one)).toEqual(['127.0.0.1', `${one}`]);
  const any = await listen('0.0.0.0');
  expect(await seen('127.0.0.2', any)).toEqual(['127.0.0.2', `${any}`]);
  expect(await seen('127.0.0.1', one)).toEqual(['127.0.0.1', `${one}`]);
});

test('a connection that was accepted elsewhere has the address that it came in at there', async () => {
  const { application, environs } = capture();
  const { server } = createServer(application);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const port = await acceptFor(server);
  await exchange(port, get('/'));
  expect(environs[0]).toMatchObject({ SERVER_PORT: `${port}` });
});

test.each(['::1', '[::1]'])('an IPv6 address stands in brackets, as in a URL: %s', async (serverName) => {
  const { application, environs } = capture();
  const { url } = await startServer(application, { serverName });
  await fetch(url);
  expect(environs[0]).toMatchObject({ SERVER_NAME: '[::1]' });
});

test('a header that came more than once is joined as the Fetch standard says, in any letters', async () => {
  const environ = await environOf(get('/', 'X-A: 1', 'x-a: 2', 'Cookie: a=1', 'X-A:', 'Cookie: b=2'));
  expect(environ).toMatchObject({ HTTP_X_A: '1, 2, ', HTTP_COOKIE: 'a=1; b=2' });
});
