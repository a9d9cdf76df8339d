import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { bindHandle } from '../../src/node-internals/bind-handle.ts';

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

test('says that a descriptor is no socket', () => {
  expect(() => bindHandle({ fd: 99_999 })).toThrow('descriptor 99999');
});

test('makes nothing where Node does not have the function', () => {
  expect(bindHandle({ address: '127.0.0.1', port: 0, family: 4 }, undefined as never)).toBeDefined();
  expect(bindHandle({ address: '127.0.0.1', port: 0, family: 4 }, null as never)).toBeUndefined();
});
