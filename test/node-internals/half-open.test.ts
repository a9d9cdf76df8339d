import { once } from 'node:events';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { answerHalfOpen } from '../../src/node-internals/half-open.ts';

test('a client that has closed its sending side is answered later', async () => {
  const server = createServer((request, response) => {
    request.resume().once('end', () => setImmediate(() => response.end('answer')));
  });
  answerHalfOpen(server);
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect({ port: (server.address() as AddressInfo).port, allowHalfOpen: true });
  client.end('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect(await text(client)).toMatch(/answer$/);
});
