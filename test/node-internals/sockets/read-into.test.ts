import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readInto } from '../../../src/node-internals/sockets/read-into.ts';
import { connection } from '../../_connection.ts';

test.each([{}, { pauseOnConnect: true }])(
  'what comes is in the buffer, up to the end: %o',
  async (options) => {
    const [client, socket] = await connection(options);
    const buffer = Buffer.alloc(64 * 1024);
    let text = '';
    const isDone = readInto(socket, buffer, (length) => {
      text += buffer.toString('latin1', 0, length);
    });
    expect(isDone).toBe(true);
    client.write('one ');
    await expect.poll(() => text).toBe('one ');
    client.end('two');
    await once(socket, 'end');
    expect(text).toBe('one two');
    expect(socket.bytesRead).toBe(7);
  },
);

test('nothing is read while the socket is paused', async () => {
  const [client, socket] = await connection();
  const buffer = Buffer.alloc(64 * 1024);
  let bytes = 0;
  readInto(socket, buffer, (length) => {
    bytes += length;
    socket.pause();
  });
  client.write(Buffer.alloc(1_000_000));
  await expect.poll(() => bytes).toBeGreaterThan(0);
  const before = bytes;
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  expect(bytes).toBe(before);
  socket.resume();
  await expect.poll(() => bytes).toBeGreaterThan(before);
});

test('it says so where this Node has no such way, or something has been read already', () => {
  const hasRead = { readableLength: 5 } as Socket;
  const isOther = { readableLength: 0, _handle: {} } as unknown as Socket;
  for (const socket of [hasRead, isOther]) expect(readInto(socket, Buffer.alloc(10), () => {})).toBe(false);
});
