import { expect, test } from 'vitest';
import { bytes, exchange, RawClient, startServer } from './_http.ts';

const CONNECT = 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n';
const LARGE = bytes('x'.repeat(5_000_000));

test('responses to the requests before a CONNECT are sent whole, and then its refusal', async () => {
  const { port, clientErrors } = await startServer((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [LARGE, bytes('<end>')];
  });
  const client = await RawClient.connect(port);
  client.send(`GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n${CONNECT}`);
  const response = await client.untilClosed();
  expect(response.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 501']);
  expect(response.match(/<end>/g)).toHaveLength(2);
  expect(response).toMatch(/this is not a proxy\.\n$/);
  expect(clientErrors).toEqual([
    expect.objectContaining({ status: 501, requestLine: 'CONNECT x:80 HTTP/1.1' }),
  ]);
});

test('what is sent behind a refused CONNECT is thrown away', async () => {
  const { port } = await startServer(() => [bytes('never')]);
  const response = await exchange(port, `${CONNECT}GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(response.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 501']);
});
