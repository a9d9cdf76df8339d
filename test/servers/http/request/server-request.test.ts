import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HttpConnection } from '../../../../src/servers/http/connection/connection.ts';
import { endsOf } from '../../../../src/servers/http/connection/connection-ends.ts';
import { ServerRequest } from '../../../../src/servers/http/request/server-request.ts';
import { capture, exchange, startServer } from '../_http.ts';

const requestOf = (...headers: string[]) =>
  `${['GET / HTTP/1.1', 'Host: example.org', ...headers].join('\r\n')}\r\n\r\n`;

/** What `headers` are in each of some requests of one connection. */
async function headersOf(options: http.ServerOptions, requests: readonly string[]) {
  const all: unknown[] = [];
  const server = http.createServer(options, (request, response) => {
    all.push([Object.getPrototypeOf(request.headers), Object.entries(request.headers)]);
    response.end();
  });
  server.on('connection', (socket) => new HttpConnection(socket, endsOf(socket, {}), {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await exchange((server.address() as AddressInfo).port, requests.join(''));
  return all;
}

const CLOSE = requestOf('Connection: close');
const PLAIN = ['Accept: */*', 'X-Thing: 1', 'user-agent: me', 'COOKIE: a=1', 'Content-Type: a/b'];
const OTHERS = ['Accept: text/html', 'X-Thing: 2', 'user-agent: you', 'COOKIE: b=2', 'Content-Type: c/d'];

test.for<[string, string[]]>([
  ['of one header each', [requestOf(...PLAIN)]],
  ['with the names of the request before', [requestOf(...PLAIN), requestOf(...OTHERS), requestOf(...PLAIN)]],
  ['with fewer headers than the request before', [requestOf(...PLAIN), requestOf(), requestOf(...PLAIN)]],
  [
    'with as many other headers as the request before',
    [requestOf('A: 1', 'B: 2'), requestOf('A: 1', 'C: 2')],
  ],
  ['with a header that is joined', [requestOf('Accept: a', 'Accept: b', 'Cookie: a=1', 'cookie: b=2')]],
  ['with a header of which the first counts', [requestOf('User-Agent: a', 'USER-AGENT: b')]],
  ['with Set-Cookie', [requestOf('Set-Cookie: a=1'), requestOf('set-cookie: a=1', 'Set-Cookie: b=2')]],
  ['with names that objects have', [requestOf('__proto__: a', 'constructor: b', 'toString: c')]],
  ['with an underscore in a name', [requestOf('X_Thing: 1', 'X-Thing: 2')]],
  ['with an empty value', [requestOf('X-Thing:')]],
])('the headers of requests %s are as Node makes them', async ([, requests]) => {
  const expected = await headersOf({}, [...requests, CLOSE]);
  const IncomingMessage = ServerRequest as unknown as typeof http.IncomingMessage;
  expect(await headersOf({ IncomingMessage }, [...requests, CLOSE])).toEqual(expected);
  expect(expected).toHaveLength(requests.length + 1);
});

test('each request of a connection has its own values in its environ', async () => {
  const { application, environs } = capture();
  const { port } = await startServer(application);
  const requests = [PLAIN, OTHERS, ['X-Thing: 3'], ['X-Thing: 4', 'X-Thing: 5'], ['X-Thing: 6']];
  await exchange(port, requests.map((headers) => requestOf(...headers)).join('') + CLOSE);
  const things = environs.map(({ HTTP_X_THING, HTTP_COOKIE }) => [HTTP_X_THING, HTTP_COOKIE]);
  const none = undefined;
  expect(things).toEqual([
    ['1', 'a=1'],
    ['2', 'b=2'],
    ['3', none],
    ['4, 5', none],
    ['6', none],
    [none, none],
  ]);
});

test('headers can be replaced, as frameworks do it', () => {
  const request = new ServerRequest(undefined as never) as unknown as IncomingMessage;
  request.headers = { 'x-thing': '1' };
  expect(request.headers).toEqual({ 'x-thing': '1' });
});
