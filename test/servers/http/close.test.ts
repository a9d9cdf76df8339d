import { once } from 'node:events';
import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import {
  bytes,
  capture,
  createServer,
  Gate,
  headersOf,
  RawClient,
  startServer,
  untilRefused,
} from './_http.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** Answers when the gate is open, and tells that it was asked. */
function slow() {
  const asked = new Gate();
  const gate = new Gate();
  const application: WSGIApplication = async (_environ, startResponse) => {
    asked.open();
    await gate.opened;
    startResponse('200 OK', []);
    return [bytes('done')];
  };
  return { application, asked, gate };
}

/** A connection that has brought a request, and whose client leaves its side open. */
async function openHalf(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(REQUEST);
  await once(socket, 'data');
  return socket;
}

test('a request under way is answered, and its connection closed', async () => {
  const { application, asked, gate } = slow();
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await asked.opened;
  expect(server.openRequests).toBe(1);
  const closing = server.close();
  gate.open();
  const response = await client.untilClosed();
  expect(response).toMatch(/done$/);
  await closing;
  expect(server.openRequests).toBe(0);
});

test('a new connection is not accepted', async () => {
  const { port, server } = await startServer(capture().application);
  await server.close();
  await expect(RawClient.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('idle connections are closed, those that never sent anything too, and nothing is reset', async () => {
  const { port, server } = await startServer(capture().application);
  const used = await RawClient.connect(port);
  await used.send(REQUEST).until('ok');
  const unused = await RawClient.connect(port);
  await (await RawClient.connect(port)).send(REQUEST).until('ok');
  const resets: unknown[] = [];
  for (const { socket } of [used, unused]) socket.on('error', (error) => resets.push(error));
  await server.close({ timeoutMs: 60_000 });
  await Promise.all([used.untilClosed(), unused.untilClosed()]);
  expect(resets).toEqual([]);
});

test('an idle connection whose client does not close is given up, but no reset meets what a client still sends', async () => {
  const { port, server } = await startServer(capture().application);
  const [silent, late] = await Promise.all([0, 1].map(() => openHalf(port)));
  const closing = server.close({ timeoutMs: 60_000 });
  await Promise.all([once(silent!, 'end'), once(late!, 'end')]);
  late!.write(REQUEST);
  await expect.poll(() => server.connections).toBe(1);
  late!.end();
  await once(late!, 'close');
  await closing;
});

test('a request that comes to an idle or a fresh connection while the server closes is answered as its last', async () => {
  const { port, server } = await startServer(capture().application);
  const used = await RawClient.connect(port);
  await used.send(REQUEST).until('ok');
  used.received = '';
  const unused = await RawClient.connect(port);
  const later = await RawClient.connect(port);
  await later.send(REQUEST).until('ok');
  later.socket.destroy();
  const closing = server.close({ timeoutMs: 60_000, graceMs: 10_000 });
  await untilRefused(port);
  for (const client of [used, unused]) {
    const response = await client.send(REQUEST + REQUEST).untilClosed();
    expect(headersOf(response)).toContain('Connection: close');
    expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1);
  }
  await closing;
});

test('a stream whose head is sent is not broken off, and its connection ends when it does', async () => {
  const gate = new Gate();
  const { port, server } = await startServer((_environ, startResponse) => {
    startResponse('200 OK', []);
    return (async function* () {
      yield bytes('first');
      await gate.opened;
      yield bytes('last');
    })();
  });
  const client = await RawClient.connect(port);
  await client.send(REQUEST).until('first');
  const closing = server.close();
  gate.open();
  expect(await client.untilClosed()).toMatch(/last\r\n0\r\n\r\n$/);
  await closing;
});

test('a request that has come in part is still answered, as the last on its connection', async () => {
  const { port, server } = await startServer(capture().application);
  const client = await RawClient.connect(port);
  await client.send(REQUEST).until('ok');
  client.received = '';
  client.send(REQUEST.slice(0, 20));
  await (await RawClient.connect(port)).send(REQUEST).until('ok');
  const closing = server.close();
  // Until then a response does not say that it is the last.
  await untilRefused(port);
  const response = await client.send(REQUEST.slice(20)).untilClosed();
  expect(response).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(headersOf(response)).toContain('Connection: close');
  await closing;
});

test('a response that a slow client is still taking is not broken off', async () => {
  const size = 16 * 1024 * 1024;
  const asked = new Gate();
  const { port, server } = await startServer((_environ, startResponse) => {
    startResponse('200 OK', []);
    asked.open();
    return [new Uint8Array(size)];
  });
  const client = await RawClient.connect(port);
  client.socket.pause();
  client.send(REQUEST);
  await asked.opened;
  const closing = server.close();
  client.socket.resume();
  const response = await client.untilClosed();
  expect(response.length).toBeGreaterThan(size);
  await closing;
});

test('what is not done at the deadline is broken off', async () => {
  const { application, asked } = slow();
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await asked.opened;
  await server.close({ timeoutMs: 1 });
  expect(await client.untilClosed()).toBe('');
});

test('a second call gives the promise of the first', async () => {
  const { server } = await startServer(capture().application);
  expect(server.close()).toBe(server.close());
  await server.close();
});

test('a server that was never used is closed at once', async () => {
  await createServer(capture().application).server.close();
});

test('openRequests counts the requests that are being answered', async () => {
  const { application, asked, gate } = slow();
  const { url, server } = await startServer(application);
  expect(server.openRequests).toBe(0);
  const response = fetch(url);
  await asked.opened;
  expect(server.openRequests).toBe(1);
  gate.open();
  await response;
  await expect.poll(() => server.openRequests).toBe(0);
});

test('a port that is in use rejects listen()', async () => {
  const { port } = await startServer(capture().application);
  const { server } = createServer(capture().application);
  await expect(server.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
