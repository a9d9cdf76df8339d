import { expect, test } from 'vitest';
import { describeParserError } from '../../../../src/servers/http/request/refusal.ts';
import { capture, exchange, RawClient, startServer } from '../_http.ts';

const HOST = 'Host: x\r\n';

test.each<[string, string, number]>([
  ['no Host in HTTP/1.1', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['two Content-Types', `GET / HTTP/1.1\r\n${HOST}Content-Type: a\r\nContent-Type: b\r\n\r\n`, 400],
  ['two Content-Lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, 400],
  ['a Content-Length that is not a number', `POST / HTTP/1.1\r\n${HOST}Content-Length: +1\r\n\r\na`, 400],
  [
    'Content-Length beside chunks',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  [
    'a coding that is not decoded',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    501,
  ],
  ['a folded header', `GET / HTTP/1.1\r\n${HOST}X-A: a\r\n b\r\n\r\n`, 400],
  ['a space before the colon', `GET / HTTP/1.1\r\n${HOST}X-A : a\r\n\r\n`, 400],
  ['a control character in a value', `GET / HTTP/1.1\r\n${HOST}X-A: a\x00b\r\n\r\n`, 400],
  ['a relative target', `GET path HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['an asterisk for GET', `GET * HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a user in the target', `GET http://user@host/ HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['an unknown version', `GET / HTTP/2.0\r\n${HOST}\r\n`, 505],
  ['a lower-case method', `get / HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['headers without end', `GET / HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['no HTTP at all', 'hello\r\n\r\n', 400],
])('%s is refused, and the connection closed', async (_what, request, status) => {
  const { application, environs } = capture();
  const { port, clientErrors } = await startServer(application);
  const response = await exchange(port, request);
  expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(response).toMatch(/\r\nConnection: close\r\n/);
  expect(environs).toEqual([]);
  expect(clientErrors).toEqual([expect.objectContaining({ kind: 'malformed', status })]);
});

test('a request that the parser took is in the access log, one that it did not is told with its first line', async () => {
  const { port, records, clientErrors } = await startServer(capture().application);
  await exchange(port, 'GET /known HTTP/1.1\r\n\r\n');
  await exchange(port, 'GET /\x1b[2J FOO\r\n\r\n');
  expect(records).toEqual([expect.objectContaining({ target: '/known', status: 400 })]);
  expect(clientErrors.map(({ requestLine }) => requestLine)).toEqual([undefined, 'GET /\x1b[2J FOO']);
});

test('HTTP/2 without a negotiation is refused with what is supported', async () => {
  const { port } = await startServer(capture().application);
  const response = await exchange(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  expect(response).toMatch(/^HTTP\/1\.1 505 /);
  expect(response).toContain('HTTP/2.0 is not supported, only HTTP/1.0 and HTTP/1.1.');
});

test('the first bytes of HTTPS are recognised', async () => {
  const { port, clientErrors } = await startServer(capture().application);
  const client = await RawClient.connect(port);
  await client.send(Buffer.from('16030100c8010000c40303', 'hex')).untilClosed();
  expect(clientErrors).toEqual([expect.objectContaining({ kind: 'tls', remoteAddress: '127.0.0.1' })]);
});

test('a client that goes away in the middle of a request is not a malformed one', async () => {
  const { port, server, clientErrors } = await startServer(capture().application);
  const client = await RawClient.connect(port);
  client.send('GET / HTTP/1.1\r\nHost:').socket.end();
  await client.untilClosed();
  await server.close();
  expect(clientErrors).toEqual([]);
});

test('what is malformed behind a good request is refused after its response', async () => {
  const { port, records } = await startServer(capture().application);
  const response = await exchange(port, `GET / HTTP/1.1\r\n${HOST}\r\nnonsense\r\n\r\n`);
  expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nokHTTP\/1\.1 400 Bad Request\r\n/s);
  expect(records).toHaveLength(1);
});

test('a body with a malformed chunk fails the read and is refused', async () => {
  let failure: unknown;
  const { port, nextRecord } = await startServer(async (environ, startResponse) => {
    await environ['wsgi.input'].read().catch((error: unknown) => {
      failure = error;
    });
    startResponse('200 OK', []);
    return [];
  });
  const record = nextRecord();
  const response = await exchange(
    port,
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n`,
  );
  expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(await record).toMatchObject({ isAborted: true });
  expect(failure).toMatchObject({ name: 'AbortError' });
});

test('bytes after a request that closes the connection are ignored', async () => {
  const { port, clientErrors } = await startServer(capture().application);
  const response = await exchange(
    port,
    `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\nGET /more HTTP/1.1\r\n\r\n`,
  );
  expect(response.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(clientErrors).toEqual([]);
});

test('a request that is not complete in time is reported as a timeout', () => {
  const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  expect(describeParserError(error, '::1')).toMatchObject({
    kind: 'timeout',
    status: 408,
    remoteAddress: '::1',
  });
});

test('the end of a connection is not an error of the client', () => {
  const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  expect(describeParserError(error, '::1')).toBeUndefined();
});
