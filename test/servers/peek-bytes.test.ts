import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { dropPeeked, PEEKED, peekBytes } from '../../src/servers/peek-bytes.ts';
import { connection } from '../_connection.ts';

const connect = () => connection(PEEKED);

const peeked = (socket: Socket) =>
  new Promise<string | undefined>((resolve) => peekBytes(socket, (bytes) => resolve(bytes?.toString())));

test('the bytes that come first are given, and what follows them is not read', async () => {
  const [client, socket] = await connect();
  const first = peeked(socket);
  client.write('first');
  expect(await first).toBe('first');
  await new Promise((resolve) => client.write('x'.repeat(100_000), resolve));
  // Another connection's bytes come later than these would.
  const [later, laterSocket] = await connect();
  later.write('later');
  await peeked(laterSocket);
  expect(socket.bytesRead).toBe(5);
});

test('a connection reads on when they are dropped', async () => {
  const [client, socket] = await connect();
  client.write('first');
  await peeked(socket);
  dropPeeked(socket);
  const second = peeked(socket);
  client.write('second');
  expect(await second).toBe('second');
});

test('they come again when the connection is read and they were not dropped', async () => {
  const [client, socket] = await connect();
  client.write('first');
  await peeked(socket);
  const [bytes] = (await Promise.all([once(socket, 'data'), socket.resume()]))[0];
  expect(String(bytes)).toBe('first');
});

test('a client that ends its side without sending delivers undefined', async () => {
  const [client, socket] = await connect();
  client.end();
  expect(await peeked(socket)).toBeUndefined();
});

test('a client that ends its side after sending delivers the bytes, then undefined', async () => {
  const [client, socket] = await connect();
  client.end('word');
  expect(await peeked(socket)).toBe('word');
  dropPeeked(socket);
  expect(await peeked(socket)).toBeUndefined();
});
