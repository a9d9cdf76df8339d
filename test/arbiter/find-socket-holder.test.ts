import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPathHolder, findPortHolder } from '../../src/arbiter/find-socket-holder.ts';
import { temporaryFolder } from '../_temp-folder.ts';

async function listen(host: string): Promise<net.Server> {
  const server = net.createServer().listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return server;
}

function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}

test.each(['127.0.0.1', '::1'])('the process that listens on %s is found', async (host) => {
  const holder = await findPortHolder(portOf(await listen(host)));
  expect(holder).toEqual({ pid: process.pid, command: expect.stringMatching(/./) });
});

test.each(['', 'process.title = "MainThread"; '])(
  'another process is found by its id and its name',
  async (named) => {
    const script = `${named}require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [port] = await once(child.stdout!.setEncoding('utf8'), 'data');
    expect(await findPortHolder(Number(port))).toEqual({ pid: child.pid, command: 'node' });
  },
);

test('no holder is found for a port without a listening socket', async () => {
  const server = await listen('127.0.0.1');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  expect(await findPortHolder(port)).toBeUndefined();
});

test('the client side of a connection does not count as the holder of its port', async () => {
  const server = await listen('127.0.0.1');
  const client = net.connect(portOf(server), '127.0.0.1');
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  expect(await findPortHolder(client.localPort!)).toBeUndefined();
});

test.each(['a b.sock', 'ü.sock'])('the process that listens on a unix socket is found: %s', async (name) => {
  const file = path.join(temporaryFolder(), name);
  const server = net.createServer().listen(file);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(await findPathHolder(file)).toMatchObject({ pid: process.pid });
  expect(await findPathHolder(`${file}x`)).toBeUndefined();
});
