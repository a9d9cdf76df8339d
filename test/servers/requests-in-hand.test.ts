import { expect, test } from 'vitest';
import { Gate, RawClient, startServer } from './http/_http.ts';

test('a request in hand is that of the client, as a trusted proxy names it', async () => {
  const [called, answer] = [new Gate(), new Gate()];
  const { server, port } = await startServer(
    async (_environ, startResponse) => {
      called.open();
      await answer.opened;
      startResponse('200 OK', []);
      return [];
    },
    { forwardedAllowIps: ['127.0.0.1'] },
  );
  const client = await RawClient.connect(port);
  client.send('GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n');
  await called.opened;
  expect(server.requestsInHand(5)).toMatchObject([{ method: 'GET', target: '/a?b=c', client: '192.0.2.1' }]);
  answer.open();
  await client.untilClosed();
  expect(server.requestsInHand(5)).toEqual([]);
});
