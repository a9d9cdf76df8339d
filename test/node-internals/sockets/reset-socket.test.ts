import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { resetSocket } from '../../../src/node-internals/sockets/reset-socket.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

/** What a client sees of a connection that is reset as soon as it has received a block. */
async function seenOf(target: net.ListenOptions): Promise<string[]> {
  let reset = () => {};
  const server = net.createServer((socket) => {
    reset = () => resetSocket(socket);
    socket.write('block');
  });
  onTestFinished(() => void server.close());
  server.listen(target);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = net.connect(target.path === undefined ? { port } : { path: target.path });
  const seen: string[] = [];
  const note = (text: string) => () => seen.push(text);
  socket.once('data', () => reset());
  socket.on('data', note('block')).on('end', note('end'));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => seen.push(code!));
  await new Promise((resolve) => socket.once('close', resolve));
  return seen;
}

test('a peer gets a reset in place of an end', async () => {
  expect(await seenOf({ host: '127.0.0.1', port: 0 })).toEqual(['block', 'ECONNRESET']);
});

test('a unix socket ends as it always does', async () => {
  expect(await seenOf({ path: path.join(temporaryFolder(), 'socket') })).toEqual(['block', 'end']);
});
