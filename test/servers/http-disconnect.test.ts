import { expect, test } from 'vitest';
import { RawClient, startServer, untilStill } from './_http.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const BLOCK = new Uint8Array(64 * 1024).fill(97);

test('a response that the client did not wait for is in the access log as broken off, and no error', async () => {
  const { port, nextRecord, log } = await startServer((_environ, startResponse) => {
    startResponse('200 OK', []);
    return (async function* () {
      for (;;) yield BLOCK;
    })();
  });
  const client = await RawClient.connect(port);
  await client.send(REQUEST).until('aaa');
  const record = nextRecord();
  client.socket.resetAndDestroy();
  expect(await record).toMatchObject({ status: 200, isAborted: true });
  expect(log).toEqual([]);
});

test('a client that reads slowly holds the generator back, so that memory does not grow', async () => {
  let made = 0;
  const { port } = await startServer((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Length', String(BLOCK.length * 2000)]]);
    return (function* () {
      for (; made < 2000; made++) yield BLOCK;
    })();
  });
  const client = await RawClient.connect(port);
  await client.send(REQUEST).until('aaa');
  client.socket.pause();
  await untilStill(() => made);
  expect(made).toBeLessThan(2000);
});
