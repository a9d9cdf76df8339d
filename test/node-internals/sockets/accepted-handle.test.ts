import { once } from 'node:events';
import net, { type NetConnectOpts } from 'node:net';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type AcceptedHandle, takeAccepted } from '../../../src/node-internals/sockets/accepted-handle.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const ON_UNIX_SOCKET = process.platform !== 'win32';

/** A server whose sockets end with `socket`, and the handles that are taken before. */
async function listening(take: (handle: AcceptedHandle) => boolean, isByTcp = false) {
  const server = net.createServer((socket) => socket.on('error', () => {}).end('socket'));
  server.listen(isByTcp ? { host: '127.0.0.1', port: 0 } : { path: path.join(temporaryFolder(), 'socket') });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  takeAccepted(server, take);
  const address = server.address()!;
  return (typeof address === 'string' ? { path: address } : { port: address.port }) as NetConnectOpts;
}

async function exchange(target: NetConnectOpts, text: string): Promise<string> {
  const client = net.connect(target);
  client.write(text);
  let answer = '';
  for await (const block of client.setEncoding('latin1')) answer += block;
  return answer;
}

test.runIf(ON_UNIX_SOCKET)('a connection is answered without a socket', async () => {
  const buffer = Buffer.alloc(1_000);
  const answer = async (handle: AcceptedHandle) => {
    let length = handle.read(buffer);
    for (; length === undefined; length = handle.read(buffer)) await nextTurn();
    expect(handle.write(`\xff${buffer.toString('latin1', 0, length)}`)).toBe(length + 1);
    handle.close();
    handle.close();
    expect([handle.isOver, handle.read(buffer), handle.write('x')]).toEqual([true, undefined, 0]);
    expect(handle.toSocket().destroyed).toBe(true);
  };
  const target = await listening((handle) => {
    void answer(handle);
    return true;
  });
  for (const text of ['one', 'two']) expect(await exchange(target, text)).toBe(`\xff${text}`);
});

test.runIf(ON_UNIX_SOCKET)('a connection goes on with a socket, from where it is', async () => {
  const target = await listening((handle) => {
    handle.write('begun ');
    const socket = handle.toSocket();
    socket.once('data', (bytes) => socket.end(bytes));
    return true;
  });
  expect(await exchange(target, 'x')).toBe('begun x');
});

test.runIf(ON_UNIX_SOCKET)('nothing has come yet, and in the end nothing more', async () => {
  const handles: AcceptedHandle[] = [];
  const target = await listening((handle) => handles.push(handle) > 0);
  const client = net.connect(target);
  await expect.poll(() => handles.length).toBe(1);
  const [handle] = handles;
  expect(handle!.read(Buffer.alloc(10))).toBeUndefined();
  client.end();
  await expect.poll(() => handle!.read(Buffer.alloc(10))).toBe(0);
  handle!.close();
});

test.each([false, true])('a connection that is not taken becomes a socket, by TCP: %s', async (isByTcp) => {
  const target = await listening(() => false, isByTcp);
  expect(await exchange(target, 'x')).toBe('socket');
});

test('a connection by TCP is never taken, nor any of a server that works in another way', async () => {
  const fail = () => {
    throw new Error('test: taken');
  };
  expect(await exchange(await listening(fail, true), 'x')).toBe('socket');
  expect(() => takeAccepted(net.createServer(), fail)).not.toThrow();
});
