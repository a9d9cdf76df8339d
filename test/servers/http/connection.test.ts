import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, capture, exchange, Gate, headersOf, RawClient, startServer } from './_http.ts';

const HOST = 'Host: x\r\n';

/** Answers with the path; requests for `/slow` wait until `release()`. */
function slowFirst() {
  const released = new Gate();
  const seen: string[] = [];
  const application: WSGIApplication = async (environ, startResponse) => {
    seen.push(environ.PATH_INFO);
    if (environ.PATH_INFO === '/slow') await released.opened;
    startResponse('200 OK', []);
    return [bytes(`<${environ.PATH_INFO}>`)];
  };
  return { application, seen, release: released.open };
}

test('a connection is kept for HTTP/1.1', async () => {
  const { port } = await startServer(capture().application);
  const client = await RawClient.connect(port);
  await client.send(`GET / HTTP/1.1\r\n${HOST}\r\n`).until('ok');
  client.received = '';
  expect(await client.send(`GET / HTTP/1.1\r\n${HOST}\r\n`).until('ok')).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('a connection is closed for HTTP/1.0, unless it asks to keep it', async () => {
  const { port } = await startServer(capture().application);
  expect(headersOf(await exchange(port, 'GET / HTTP/1.0\r\n\r\n'))).toContain('Connection: close');
  const client = await RawClient.connect(port);
  expect(await client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n').until('ok')).toContain(
    'Connection: keep-alive\r\n',
  );
});

test('a connection that is idle is closed after its time', async () => {
  const { port } = await startServer(capture().application, { keepAliveTimeoutMs: 10 });
  expect(await exchange(port, `GET / HTTP/1.1\r\n${HOST}\r\n`)).toMatch(/ok$/);
});

test('without keepAlive each response closes its connection', async () => {
  const { port } = await startServer(capture().application, { keepAlive: false });
  const response = await exchange(port, `GET / HTTP/1.1\r\n${HOST}\r\n`);
  expect(headersOf(response)).toContain('Connection: close');
});

test('without keepAlive a second request on a connection never reaches the application', async () => {
  const { application, environs } = capture();
  const { port } = await startServer(application, { keepAlive: false });
  const response = await exchange(port, `GET /1 HTTP/1.1\r\n${HOST}\r\nGET /2 HTTP/1.1\r\n${HOST}\r\n`);
  expect(response.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
  expect(environs.map(({ PATH_INFO }) => PATH_INFO)).toEqual(['/1']);
});

test('pipelined requests are answered in their order', async () => {
  const { application, release } = slowFirst();
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(`GET /slow HTTP/1.1\r\n${HOST}\r\nGET /quick HTTP/1.1\r\n${HOST}\r\n`);
  await client.send(`GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  release();
  const response = await client.untilClosed();
  expect(response.match(/<.*?>/g)).toEqual(['</slow>', '</quick>', '</last>']);
});

test('a client that has closed its sending side gets its response', async () => {
  const { application, release, seen } = slowFirst();
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(`GET /slow HTTP/1.1\r\n${HOST}\r\n`).socket.end();
  const other = await RawClient.connect(port);
  await other.send(`GET /other HTTP/1.1\r\n${HOST}\r\n`).until('</other>');
  expect(seen).toContain('/slow');
  release();
  expect(await client.untilClosed()).toMatch(/<\/slow>$/);
});

test('a request that comes byte by byte is understood', async () => {
  const { port } = await startServer(capture().application);
  const client = await RawClient.connect(port);
  client.socket.setNoDelay(true);
  for (const byte of `GET / HTTP/1.1\r\n${HOST}\r\n`) {
    await new Promise((resolve) => client.socket.write(byte, resolve));
  }
  expect(await client.until('ok')).toMatch(/^HTTP\/1\.1 200 OK/);
});
