import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { urlHost } from '../../../src/servers/http/connection/connection-ends.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { acceptFor, bytes, createServer, Gate, headersOf, RawClient } from './_http.ts';

const POST = 'POST /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 11\r\n\r\nhello world';

const echo: WSGIApplication = async function echo(environ, startResponse) {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', []);
  return [bytes(`<${environ.PATH_INFO}>`), body];
};

/** Takes this many bytes off a connection before it hands it over, as the arbiter may do. */
async function readHead(socket: Socket, length: number): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const block: Buffer | null = socket.read();
    if (block === null) await once(socket, 'readable');
    else head = Buffer.concat([head, block]);
  }
  socket.unshift(head.subarray(length));
  socket.removeAllListeners('readable');
  return head.subarray(0, length);
}

test('a connection that was accepted elsewhere is served', async () => {
  const { server } = createServer(echo);
  const port = await acceptFor(server);
  const client = await RawClient.connect(port);
  expect(await client.send(POST).untilClosed()).toMatch(/<\/p>hello world$/);
});

test.each([1, 20, POST.indexOf('hello'), POST.indexOf('hello') + 3, POST.length])(
  'the first %i bytes may have been read already',
  async (length) => {
    const { server, records } = createServer(echo);
    const port = await acceptFor(server, undefined, async (socket) => {
      socket.resume();
      socket.pause();
      server.accept(socket, await readHead(socket, length));
    });
    const client = await RawClient.connect(port);
    expect(await client.send(POST).untilClosed()).toMatch(/^HTTP\/1\.1 200 OK.*<\/p>hello world$/s);
    expect(records).toHaveLength(1);
  },
);

test('the rest of a request may come later, in pieces', async () => {
  const { server } = createServer(echo);
  const port = await acceptFor(server, undefined, (socket) =>
    server.accept(socket, Buffer.from(POST.slice(0, 8))),
  );
  const client = await RawClient.connect(port);
  client.socket.setNoDelay(true);
  for (const byte of POST.slice(8)) await new Promise((resolve) => client.socket.write(byte, resolve));
  expect(await client.untilClosed()).toMatch(/<\/p>hello world$/);
});

test('pipelined requests may be split between what was read already and what comes', async () => {
  const { server } = createServer(echo);
  const first = POST.replace('/p', '/1').replace('Connection: close\r\n', '');
  const all = first + POST.replace('/p', '/2');
  const split = first.length + 5;
  const port = await acceptFor(server, undefined, (socket) =>
    server.accept(socket, Buffer.from(all.slice(0, split))),
  );
  const client = await RawClient.connect(port);
  const response = await client.send(all.slice(split)).untilClosed();
  expect(response.match(/<.*?>/g)).toEqual(['</1>', '</2>']);
});

test('a client that has closed its sending side gets its response', async () => {
  const { server } = createServer(echo);
  const port = await acceptFor(server);
  const client = await RawClient.connect(port);
  client.send(POST).socket.end();
  expect(await client.untilClosed()).toMatch(/<\/p>hello world$/);
});

test('a connection that was closed before it was handed over does no harm', async () => {
  const { server } = createServer(echo);
  const handed = new Gate();
  const port = await acceptFor(server, undefined, (socket) => {
    socket.destroy();
    server.accept(socket, Buffer.from(POST));
    handed.open();
  });
  await RawClient.connect(port);
  await handed.opened;
  await server.close();
});

test('a request whose head was handed over is answered before close() is done', async () => {
  const { server } = createServer(echo);
  const handed = new Gate();
  const port = await acceptFor(server, undefined, (socket) => {
    server.accept(socket, Buffer.from(POST.slice(0, 8)));
    handed.open();
  });
  const client = await RawClient.connect(port);
  await handed.opened;
  const closing = server.close();
  expect(await client.send(POST.slice(8)).untilClosed()).toMatch(/hello world$/);
  await closing;
});

test('a connection may be handed over while the server is closing, and is served', async () => {
  const { server } = createServer(echo);
  const sockets: Socket[] = [];
  const second = new Gate();
  const port = await acceptFor(server, undefined, (socket) => {
    sockets.push(socket);
    if (sockets.length === 1) server.accept(socket, Buffer.from(POST.slice(0, 8)));
    else second.open();
  });
  const clients = [await RawClient.connect(port), await RawClient.connect(port)] as const;
  await second.opened;
  const closing = server.close();
  server.accept(sockets[1]!, Buffer.from(POST.replace('Connection: close\r\n', '')));
  expect(headersOf(await clients[1].untilClosed())).toContain('Connection: close');
  clients[0].send(POST.slice(8));
  await closing;
});

test('an IPv6 address stands in brackets in SERVER_NAME', () => {
  expect(urlHost('::1')).toBe('[::1]');
  expect(urlHost('127.0.0.1')).toBe('127.0.0.1');
});

test('first bytes that are not HTTP are told and refused', async () => {
  const { server, clientErrors } = createServer(echo);
  const port = await acceptFor(server, undefined, async (socket) => {
    server.accept(socket, await readHead(socket, 11));
  });
  const client = await RawClient.connect(port);
  client.send(Buffer.from('16030100c8010000c40303', 'hex'));
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
  expect(clientErrors).toEqual([expect.objectContaining({ kind: 'tls' })]);
});
