import { expect, test } from 'vitest';
import type { HttpServerOptions } from '../../../../src/servers/http/options.ts';
import type { WSGIApplication } from '../../../../src/wsgi/types.ts';
import { bodyOf, bytes, capture, exchange, RawClient, startServer } from '../_http.ts';

const CLOSING = 'Host: x\r\nConnection: close\r\n';
const get = (target: string, fields = '') => `GET ${target} HTTP/1.1\r\n${CLOSING}${fields}\r\n`;

test.each<[string, HttpServerOptions, string, number]>([
  ['line', { limitRequestLine: 20 }, get('/1234567'), 414],
  ['fields', { limitRequestFields: 2 }, get('/', 'X: 1\r\n'), 431],
  ['field', { limitRequestFieldSize: 19 }, get('/', 'X: 123456789012345\r\n'), 431],
  ['head', { limitRequestHead: 52 }, get('/', 'X: 12\r\n'), 431],
  ['head far exceeded', { limitRequestHead: 70 }, get('/', `X: ${'a'.repeat(1_000)}\r\n`), 431],
  ['body', { limitRequestBody: 4 }, `POST / HTTP/1.1\r\n${CLOSING}Content-Length: 5\r\n\r\nhello`, 413],
])('the limit of the %s can be set', async (_what, options, request, status) => {
  const { application, environs } = capture();
  const { port } = await startServer(application, options);
  expect(await exchange(port, request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(environs).toEqual([]);
});

test.each<[string, HttpServerOptions, string]>([
  ['line', { limitRequestLine: 20 }, get('/123456')],
  ['fields', { limitRequestFields: 2 }, get('/')],
  ['head', { limitRequestHead: 52 }, get('/', 'X: 1\r\n')],
  ['field', { limitRequestFieldSize: 19 }, get('/', 'X: 12345678901234\r\n')],
  ['body', { limitRequestBody: 5 }, `POST / HTTP/1.1\r\n${CLOSING}Content-Length: 5\r\n\r\nhello`],
  ['no line', { limitRequestLine: 0 }, get(`/${'a'.repeat(100_000)}`)],
  ['no fields', { limitRequestFields: 0 }, get('/', 'X: a\r\n'.repeat(5_000))],
  ['no field', { limitRequestFieldSize: 0 }, get('/', `X: ${'a'.repeat(100_000)}\r\n`)],
])('what is just within the limit passes: %s', async (_what, options, request) => {
  const { port } = await startServer(capture().application, options);
  expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 200 /);
});

test.each<[string, HttpServerOptions, string]>([
  ['line', { limitRequestLine: 20 }, get('/1234567')],
  ['fields', { limitRequestFields: 2 }, get('/', 'X: 1\r\n')],
  ['field-size', { limitRequestFieldSize: 19 }, get('/', 'X: 123456789012345\r\n')],
  ['head', { limitRequestHead: 40 }, get('/')],
  ['head', { limitRequestHead: 40 }, get('/', `X: ${'a'.repeat(1_000)}\r\n`)],
])('a refusal names the option that raises the limit, %s', async (name, options, request) => {
  const { port, clientErrors } = await startServer(capture().application, options);
  const [option] = Object.keys(options);
  const response = bodyOf(await exchange(port, request));
  expect(response).toContain(option);
  expect(response).toContain(`--limit-request-${name}`);
  expect(clientErrors).toEqual([expect.objectContaining({ message: response.trim() })]);
});

test('a body in chunks is refused as soon as it is too large, and its reader is told', async () => {
  let failure: unknown;
  const application: WSGIApplication = async (environ, startResponse) => {
    await environ['wsgi.input'].read().catch((error: unknown) => {
      failure = error;
    });
    startResponse('200 OK', []);
    return [bytes('ok')];
  };
  const { port, clientErrors, nextRecord, log } = await startServer(application, { limitRequestBody: 7 });
  const record = nextRecord();
  const client = await RawClient.connect(port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
  const response = await client.send('3\r\nyou\r\n').untilClosed();
  expect(response).toMatch(/^HTTP\/1\.1 413 /);
  expect(failure).toMatchObject({ name: 'AbortError', message: expect.stringContaining('7 bytes') });
  expect(clientErrors).toEqual([expect.objectContaining({ status: 413 })]);
  expect(await record).toMatchObject({ status: 413, isAborted: true });
  expect(log).toEqual([]);
});

test('a client that waits for 100 Continue is told at once that its body is too large', async () => {
  const { port } = await startServer(capture().application, { limitRequestBody: 4 });
  const head = `POST / HTTP/1.1\r\n${CLOSING}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`;
  expect(await exchange(port, head)).toMatch(/^HTTP\/1\.1 413 /);
});

test('without onClientError a refusal is one line in the log', async () => {
  const { port, log } = await startServer(capture().application, { onClientError: undefined });
  await exchange(port, 'GET /\x1b[2J HTTP/1.1\r\n\r\n');
  const client = await RawClient.connect(port);
  await client.send(Buffer.from('16030100c8010000c40303', 'hex')).untilClosed();
  expect(log).toEqual([
    '127.0.0.1: Refused with 400, Invalid char in url path: "GET /\\x1b[2J HTTP/1.1"\n',
    '127.0.0.1: A client tried HTTPS, but this server only speaks HTTP: open the http:// address.\n',
  ]);
});
