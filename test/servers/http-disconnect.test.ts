import { expect, test } from 'vitest';
import type { WSGIResponse } from '../../src/wsgi/types.ts';
import {
  acceptFor,
  createServer,
  Gate,
  RawClient,
  startServer,
  type TestServer,
  untilStill,
} from './_http.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const BLOCK = new Uint8Array(64 * 1024).fill(97);

interface Watched extends TestServer {
  closes: number;
}

/** A server whose responses count their close() calls. */
async function startWatched(
  makeBody: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Watched> {
  const watched = { closes: 0 };
  const server = await startServer((_environ, startResponse) => {
    startResponse('200 OK', []);
    return Object.assign(makeBody(), { close: () => void watched.closes++ }) as WSGIResponse;
  });
  return Object.assign(watched, server);
}

async function* forever(): AsyncGenerator<Uint8Array> {
  for (;;) yield BLOCK;
}

async function* onceThenNothing(): AsyncGenerator<Uint8Array> {
  yield BLOCK;
  await new Promise(() => {});
}

function* foreverAtOnce(): Generator<Uint8Array> {
  for (;;) yield BLOCK;
}

test.each<[string, () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>]>([
  ['an asynchronous generator is sending', forever],
  ['an asynchronous generator has nothing to send', onceThenNothing],
  ['a generator is sending', foreverAtOnce],
])('close() is called once when the client goes away while %s', async (_name, makeBody) => {
  const watched = await startWatched(makeBody);
  const client = await RawClient.connect(watched.port);
  await client.send(REQUEST).until('aaa');
  const record = watched.nextRecord();
  client.socket.resetAndDestroy();
  expect(await record).toMatchObject({ status: 200, isAborted: true });
  expect(watched.closes).toBe(1);
  expect(watched.log).toEqual([]);
});

test('a client that has closed its sending side, and is sent nothing for seconds, counts as gone', async () => {
  const watched = await startWatched(onceThenNothing);
  const client = await RawClient.connect(watched.port);
  await client.send(REQUEST).until('aaa');
  const record = watched.nextRecord();
  client.socket.end();
  expect(await record).toMatchObject({ isAborted: true });
  expect(watched.closes).toBe(1);
});

test('close() is called once when the client goes away before the application answers', async () => {
  const asked = new Gate();
  const gone = new Gate();
  let closes = 0;
  const { server, nextRecord } = createServer(async (_environ, startResponse) => {
    asked.open();
    await gone.opened;
    startResponse('200 OK', []);
    return Object.assign([BLOCK], { close: () => void closes++ });
  });
  const port = await acceptFor(server, (socket) => socket.once('close', gone.open));
  const record = nextRecord();
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await asked.opened;
  client.socket.resetAndDestroy();
  expect(await record).toMatchObject({ bytes: 0, isAborted: true });
  expect(closes).toBe(1);
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
