import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { bodyOf, bytes, Gate, RawClient, startServer, untilStill } from './_http.ts';

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

/** Waits with its first block, or behind it, and tells when it was asked and closed. */
function waiting(isBegun: boolean) {
  const asked = new Gate();
  const closed = new Gate();
  const released = new Gate();
  const application: WSGIApplication = (_environ, startResponse) => {
    startResponse('200 OK', []);
    const blocks = (async function* () {
      if (isBegun) yield bytes('begun ');
      asked.open();
      await released.opened;
      yield bytes('done');
    })();
    return Object.assign(blocks, { close: closed.open });
  };
  return { application, asked, closed, released };
}

test.each([
  ['before the first block', false],
  ['between two blocks', true],
])('a client that leaves %s is noticed although nothing is sent', async (_when, isBegun) => {
  const { application, asked, closed } = waiting(isBegun);
  const { port, nextRecord, log } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await asked.opened;
  if (isBegun) await client.until('begun');
  const record = nextRecord();
  client.socket.destroy();
  await closed.opened;
  expect(await record).toMatchObject({ isAborted: true });
  expect(log).toEqual([]);
});

test.each([
  ['before the first block', false],
  ['between two blocks', true],
])('a client that has closed only its sending side %s gets its response', async (_when, isBegun) => {
  const { application, asked, released } = waiting(isBegun);
  const { port, server } = await startServer(application);
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await asked.opened;
  client.socket.end();
  if (!isBegun) await client.until('HTTP/1.1 100 Continue\r\n\r\n');
  else await client.until('begun \r\n0');
  released.open();
  const received = (await client.untilClosed()).replace('HTTP/1.1 100 Continue\r\n\r\n', '');
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  const chunks = isBegun ? '6\r\nbegun \r\n04\r\ndone\r\n0\r\n\r\n' : '4\r\ndone\r\n0\r\n\r\n';
  expect(bodyOf(received)).toBe(chunks);
  await server.close();
});
