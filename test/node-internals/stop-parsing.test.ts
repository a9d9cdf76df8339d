import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { stopParsing } from '../../src/node-internals/stop-parsing.ts';

test('what comes behind is discarded: no request, no error, and the end is seen', async () => {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.url!);
    response.end('ok');
    expect(stopParsing(request.socket)).toBe(true);
  });
  server.on('clientError', () => seen.push('clientError'));
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await once(server, 'connection');
  client.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client, 'data');
  client.end(`GET /2 HTTP/1.1\r\nHost: x\r\n\r\n${'nonsense '.repeat(100_000)}`);
  await once(socket, 'end');
  socket.destroy();
  expect(seen[0]).toBe('/1');
  expect(seen).not.toContain('/2');
});

test('it says so where the parser keeps the socket', () => {
  const socket = new net.Socket();
  Object.assign(socket, { parser: { _consumed: true } });
  expect(stopParsing(socket)).toBe(false);
  expect(socket.listenerCount('data')).toBe(0);
});

test('a socket whose parser has gone already does not matter', () => {
  expect(stopParsing({ parser: null } as unknown as Socket)).toBe(true);
});
