import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bytes, Gate, RawClient, startServer, untilRefused, untilStill } from './_http.ts';

const request = (path: number, body = '') =>
  `POST /${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Counts how many requests are open at once, and answers when the gate opens. */
function counting(gate: Gate) {
  const count = { started: 0, open: 0, most: 0, closed: 0 };
  const application: WSGIApplication = async (environ, startResponse) => {
    count.started += 1;
    count.open += 1;
    count.most = Math.max(count.most, count.open);
    await gate.opened;
    startResponse('200 OK', []);
    const close = () => {
      count.open -= 1;
      count.closed += 1;
    };
    return Object.assign([bytes(`<${environ.PATH_INFO}>`)], { close });
  };
  return { application, count };
}

test('of the requests that come at once 16 are open, and all are answered in their order', async () => {
  const gate = new Gate();
  const { application, count } = counting(gate);
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(
    numbers(3_000)
      .map((i) => request(i))
      .join(''),
  );
  await untilStill(() => count.started);
  expect(count.started).toBe(16);
  expect(server.openRequests).toBe(16);
  gate.open();
  await client.until('</2999>');
  expect(client.received.match(/<.*?>/g)).toEqual(numbers(3_000).map((i) => `</${i}>`));
  expect(count).toEqual({ started: 3_000, open: 0, most: 16, closed: 3_000 });
});

test('while 16 requests are open, a connection is not read', async () => {
  const gate = new Gate();
  const { application, count } = counting(gate);
  const { port } = await startServer(application);
  const client = await RawClient.connect(port);
  const text = numbers(1_000)
    .map((i) => request(i, 'a'.repeat(100)))
    .join('');
  client.send(text.repeat(100));
  await untilStill(() => client.socket.writableLength);
  expect(client.socket.writableLength).toBeGreaterThan(0);
  expect(count.started).toBe(16);
  client.reset();
});

test('a body that comes in parts behind fifteen requests is read', async () => {
  const gate = new Gate();
  const { application } = counting(gate);
  const { port } = await startServer(async (environ, startResponse) => {
    const body = await environ['wsgi.input'].read();
    if (body.length > 0) gate.open();
    return application(environ, startResponse);
  });
  const client = await RawClient.connect(port);
  client.send(
    numbers(15)
      .map((i) => request(i))
      .join(''),
  );
  const last = request(15, 'body');
  await new Promise((resolve) => client.socket.write(last.slice(0, -2), resolve));
  client.send(last.slice(-2) + request(16));
  expect((await client.until('</16>')).match(/<.*?>/g)).toHaveLength(17);
});

test('requests that wait for their turn never run once their client has gone', async () => {
  const gate = new Gate();
  const { application, count } = counting(gate);
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(
    numbers(40)
      .map((i) => request(i))
      .join(''),
  );
  await untilStill(() => count.started);
  client.reset();
  const closing = server.close({ timeoutMs: 0 });
  await closing;
  gate.open();
  await expect.poll(() => server.openRequests).toBe(0);
  expect(count).toEqual({ started: 16, open: 0, most: 16, closed: 16 });
});

test('a server that closes answers what waits for its turn, and then ends the connection', async () => {
  const gate = new Gate();
  const { application, count } = counting(gate);
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(
    numbers(40)
      .map((i) => request(i))
      .join(''),
  );
  await untilStill(() => count.started);
  const closing = server.close();
  await untilRefused(port);
  gate.open();
  const response = await client.untilClosed();
  expect(response.match(/<.*?>/g)).toHaveLength(40);
  expect(response.match(/Connection: close/g)).toHaveLength(1);
  await closing;
});

test('100 Continue of a request that waits for its turn comes before its head, also of a large response', async () => {
  const gate = new Gate();
  const { port } = await startServer(async (environ, startResponse) => {
    if (environ.REQUEST_METHOD === 'GET') await gate.opened;
    const body = await environ['wsgi.input'].read();
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    if (environ.REQUEST_METHOD !== 'GET') gate.open();
    return [body.length > 0 ? body : bytes('first')];
  });
  const client = await RawClient.connect(port);
  const body = 'a'.repeat(20_000);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  client.send(
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n${body}`,
  );
  const response = await client.untilClosed();
  expect(response.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 100', 'HTTP/1.1 200']);
  expect(response.endsWith(`\r\n\r\n${body}`)).toBe(true);
});

test('what a request sets by enterWith() is not for the next one, be it in the same bytes or later', async () => {
  const storage = new AsyncLocalStorage<string>();
  const found = new Set<unknown>();
  const { port } = await startServer(async (environ, startResponse) => {
    found.add(storage.getStore());
    storage.enterWith('at once');
    await environ['wsgi.input'].read();
    storage.enterWith('later');
    startResponse('200 OK', []);
    return [bytes(`<${environ.PATH_INFO}>`)];
  });
  const client = await RawClient.connect(port);
  for (const i of [1, 2]) await client.send(request(i)).until(`</${i}>`);
  const inOnePacket = numbers(50)
    .map((i) => request(100 + i))
    .join('');
  await client.send(inOnePacket).until('</149>');
  expect([...found]).toEqual([undefined]);
});
