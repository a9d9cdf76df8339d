import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { bytesTaken } from '../../../src/node-internals/sockets/bytes-taken.ts';

test('of a large block it tells how much the system has taken, which Node itself counts as a whole', async () => {
  const server = net.createServer((socket) => socket.pause()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const size = 64 * 1024 * 1024;
  socket.write(new Uint8Array(size));
  expect(socket.bytesWritten).toBe(size);
  await expect.poll(() => bytesTaken(socket)).toBeGreaterThan(0);
  expect(bytesTaken(socket)).toBeLessThan(size);
});

test('it says so where this Node has no such figures', () => {
  expect(bytesTaken({ _handle: { bytesWritten: 5 } } as unknown as Socket)).toBeUndefined();
  expect(bytesTaken({ _handle: null } as unknown as Socket)).toBeUndefined();
  expect(bytesTaken({} as Socket)).toBeUndefined();
});
