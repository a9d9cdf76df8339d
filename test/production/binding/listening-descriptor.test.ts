import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isListeningSocket } from '../../../src/production/binding/listening-descriptor.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

function fdOf(handle: net.Server | net.Socket): number {
  return (handle as unknown as { _handle: { fd: number } })._handle.fd;
}

test.runIf(process.platform === 'linux').each([
  ['a port', () => ({ port: 0, host: '127.0.0.1' })],
  ['an IPv6 port', () => ({ port: 0, host: '::1' })],
  ['a unix socket', () => ({ path: path.join(temporaryFolder(), 'x.sock') })],
])('%s that is listened on counts, and a connection to it does not', async (_kind, address) => {
  const server = net.createServer().listen(address());
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(isListeningSocket(fdOf(server))).toBe(true);
  const bound = server.address()!;
  const client = typeof bound === 'string' ? net.connect(bound) : net.connect(bound.port, bound.address);
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  expect(isListeningSocket(fdOf(client))).toBe(false);
});

test('a file does not, nor does a descriptor that is not open', () => {
  const fd = openSync(import.meta.filename, 'r');
  expect(isListeningSocket(fd)).toBe(false);
  closeSync(fd);
  expect(isListeningSocket(9_999)).toBe(false);
});
