import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bindHandle, queueConnections } from '../../../src/node-internals/sockets/bind-handle.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

test('binds a port on which a server of another owner can listen, and does not accept itself', async () => {
  const { handle, name } = bindHandle({ address: '127.0.0.1', port: 0, family: 4 })!;
  expect(name).toMatchObject({ address: '127.0.0.1', family: 'IPv4', port: expect.any(Number) });
  const [refused] = await once(net.connect(name.port!, '127.0.0.1'), 'error');
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  const server = net.createServer((socket) => socket.end('hello')).listen(handle);
  const [bytes] = await once(net.connect(name.port!, '127.0.0.1'), 'data');
  expect(String(bytes)).toBe('hello');
  server.close();
});

test('says which address is in use', () => {
  const { handle, name } = bindHandle({ address: '127.0.0.1', port: 0, family: 4 })!;
  const server = net.createServer().listen(handle);
  const again = () => bindHandle({ address: '127.0.0.1', port: name.port!, family: 4 });
  expect(again).toThrow(expect.objectContaining({ code: 'EADDRINUSE', syscall: 'bind' }));
  server.close();
});

test('says that a descriptor is not a socket', () => {
  expect(() => bindHandle({ fd: 99_999 })).toThrow('descriptor 99999');
});

test('makes nothing where Node does not have the function', () => {
  expect(bindHandle({ address: '127.0.0.1', port: 0, family: 4 }, undefined as never)).toBeDefined();
  expect(bindHandle({ address: '127.0.0.1', port: 0, family: 4 }, null as never)).toBeUndefined();
});

describe.runIf(process.platform === 'linux')('a bound socket that queues connections', () => {
  const never = () => expect.fail('The process accepted a connection.');

  test.each(['TCP', 'unix', 'abstract'])(
    'keeps them until a server listens, and none is lost: %s',
    async (kind) => {
      const file = kind === 'unix' ? temporaryPath() : `\0startproject-test-${process.pid}`;
      const target = kind === 'TCP' ? { address: '127.0.0.1', port: 0, family: 4 } : { address: file };
      const { handle, name } = bindHandle(target)!;
      expect(queueConnections(handle, 16, never)).toBe(true);
      const clients = Array.from({ length: 8 }, () =>
        kind === 'TCP' ? net.connect(name.port!, '127.0.0.1') : net.connect(file),
      );
      const answers = clients.map(async (client) => String((await once(client, 'data'))[0]));
      await Promise.all(clients.map((client) => once(client, 'connect')));
      for (let turn = 0; turn < 5; turn++) await setImmediate(); // In which it would accept, if it did.
      const server = net.createServer((socket) => socket.end('hello'));
      await new Promise<void>((resolve) => server.listen(handle, 16, resolve));
      expect(await Promise.all(answers)).toEqual(clients.map(() => 'hello'));
      server.close();
    },
  );

  test('says that it cannot listen', () => {
    const { handle, name } = bindHandle({ address: '127.0.0.1', port: 0, family: 4 })!;
    const second = bindHandle({ address: '127.0.0.1', port: name.port!, family: 4 })!;
    onTestFinished(() => handle.close());
    onTestFinished(() => second.handle.close());
    queueConnections(handle, 16, never);
    expect(() => queueConnections(second.handle, 16, never)).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', syscall: 'listen' }),
    );
  });

  test('passes on what it accepts, should a Node do so all the same', async () => {
    const created: { onconnection?(error: number, connection: object): void }[] = [];
    const accepted: Socket[] = [];
    const create = () => {
      created.push({ readStart: () => 0, readStop: () => 0, listen: () => 0 } as object);
      return created[0] as never;
    };
    const handle = { fd: 99, close() {} };
    expect(queueConnections(handle, 16, (connection) => accepted.push(connection), create)).toBe(true);
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket & { _handle: object }];
    created[0]!.onconnection!(0, socket._handle);
    accepted[0]!.end('taken');
    expect(String((await once(client, 'data'))[0])).toBe('taken');
    server.close();
  });

  test('is not to be had where Node lacks what it takes', () => {
    const { handle } = bindHandle({ address: '127.0.0.1', port: 0, family: 4 })!;
    onTestFinished(() => handle.close());
    expect(queueConnections(handle, 16, never, null as never)).toBe(false);
    expect(queueConnections(handle, 16, never, () => -1)).toBe(false);
    expect(queueConnections(handle, 16, never, () => ({}) as never)).toBe(false);
    expect(queueConnections({ close() {} }, 16, never)).toBe(false);
  });
});

function temporaryPath(): string {
  return path.join(temporaryFolder(), 'x.sock');
}
