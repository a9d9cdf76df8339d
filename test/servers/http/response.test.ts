import { expect, test } from 'vitest';
import { TextBody } from '../../../src/wsgi/text-body.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bodyOf, bytes, exchange, headersOf, startServer } from './_http.ts';

const CLOSE = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

const answer = (
  status: string,
  headers: [string, string][],
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array> = [],
): WSGIApplication =>
  function application(_environ, startResponse) {
    startResponse(status, headers);
    return body;
  };

test('a response has the status and headers of the application, and a date', async () => {
  const { port } = await startServer(answer('404 Nothing Here', [['X-Thing', '1']], [bytes('gone')]));
  const response = await exchange(port, `GET / ${CLOSE}`);
  expect(response).toMatch(/^HTTP\/1\.1 404 Nothing Here\r\n/);
  expect(headersOf(response)).toEqual([
    'X-Thing: 1',
    'Content-Length: 4',
    expect.stringMatching(/^Date: .* GMT$/),
    'Connection: close',
  ]);
  expect(bodyOf(response)).toBe('gone');
});

test('a Server header is sent where one is configured, and the application’s goes before it', async () => {
  const configured = { serverHeader: 'startproject' };
  const plain = await startServer(answer('200 OK', []), configured);
  const own = await startServer(answer('200 OK', [['server', 'mine']]), configured);
  expect(headersOf(await exchange(plain.port, `GET / ${CLOSE}`))).toContain('Server: startproject');
  expect(
    headersOf(await exchange(own.port, `GET / ${CLOSE}`)).filter((line) => /^server/i.test(line)),
  ).toEqual(['server: mine']);
});

test('binary blocks of all sizes arrive as they are', async () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const body = [all, new Uint8Array(9000).fill(200), Buffer.from(all), all.subarray(128)];
  for (const blocks of [body, ...body.map((block) => [block])]) {
    const { url } = await startServer(answer('200 OK', [], blocks));
    const response = await fetch(url);
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(blocks))).toBe(true);
  }
});

test('a text and a header in latin-1 arrive as they are, whatever their size', async () => {
  for (const size of [1, 9_000, 500_000]) {
    const body = new TextBody('a'.repeat(size));
    const { port } = await startServer(answer('200 OK', [['X-Name', 'caf\xe9']], body));
    const response = await exchange(port, `GET / ${CLOSE}`);
    expect(headersOf(response)).toContain('X-Name: caf\xe9');
    expect(bodyOf(response)).toBe(body.text);
  }
});

test('an error before the headers is a plain 500, written to wsgi.errors', async () => {
  const { url, log } = await startServer(() => {
    throw new Error('no database');
  });
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([
    500,
    'The application failed before it could answer.\n',
  ]);
  expect(log.join('')).toMatch(/^Error: no database\n +at /);
});

test('an error after the headers breaks the response off, so that the client can tell', async () => {
  const { url, nextRecord } = await startServer((_environ, startResponse) => {
    startResponse('200 OK', []);
    return (function* () {
      yield bytes('half');
      throw new Error('no database');
    })();
  });
  const record = nextRecord();
  const failure = await fetch(url)
    .then((response) => response.text())
    .catch((error: Error) => error.message);
  expect(failure).toBe('terminated');
  expect(await record).toMatchObject({ status: 200, bytes: 4, isAborted: true });
});

test('the access log gets what was sent', async () => {
  const { port, nextRecord } = await startServer(answer('200 OK', [], [bytes('hello')]));
  const record = nextRecord();
  await exchange(port, `GET /a%20b?c=d ${CLOSE}`);
  expect(await record).toEqual({
    method: 'GET',
    target: '/a%20b?c=d',
    httpVersion: '1.1',
    status: 200,
    bytes: 5,
    durationMs: expect.any(Number),
    remoteAddress: '127.0.0.1',
    isAborted: false,
  });
});

test('HEAD counts no bytes in the access log', async () => {
  const { port, nextRecord } = await startServer(answer('200 OK', [], [bytes('hello')]));
  const record = nextRecord();
  await exchange(port, `HEAD / ${CLOSE}`);
  expect(await record).toMatchObject({ status: 200, bytes: 0, isAborted: false });
});

test('a generator that never waits lets other requests have a turn', async () => {
  const blocks = { sent: 0 };
  let isStopped = false;
  const { url, server } = await startServer((environ, startResponse) => {
    startResponse('200 OK', []);
    if (environ.PATH_INFO === '/stop') {
      isStopped = true;
      return [];
    }
    return (function* () {
      while (!isStopped) {
        blocks.sent += 1;
        yield bytes('x');
      }
    })();
  });
  const endless = fetch(`${url}/endless`).then((response) => response.text());
  await fetch(`${url}/stop`);
  expect((await endless).length).toBe(blocks.sent);
  await expect.poll(() => server.openRequests).toBe(0);
});

test('a response that takes its time to be sent is not logged as broken off', async () => {
  const { port, nextRecord } = await startServer(answer('200 OK', [], [new Uint8Array(8 * 1024 * 1024)]));
  const record = nextRecord();
  await exchange(port, `GET / ${CLOSE}`);
  expect(await record).toMatchObject({ bytes: 8 * 1024 * 1024, isAborted: false });
});
