import { once } from 'node:events';
import { IncomingMessage, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { endRequest } from '../../src/node-internals/end-request.ts';
import { listen } from '../adapters/_listen.ts';
import { RawClient } from '../servers/http/_http.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Answers by a handler, which has a request without a body before it. */
async function serve(listener: RequestListener): Promise<RawClient> {
  const { port } = await listen(listener);
  return RawClient.connect(port);
}

test.each<[string, (answer: () => void) => void]>([
  ['at once', (answer) => answer()],
  ['later', (answer) => setImmediate(answer)],
])('a request that is answered %s is over, and its connection goes on', async (_when, act) => {
  const requests: IncomingMessage[] = [];
  const client = await serve((request, response) => {
    requests.push(request);
    act(() => {
      endRequest(request);
      response.end(`answer ${requests.length}`);
    });
  });
  for (const number of [1, 2, 3]) await client.send(GET).until(`answer ${number}`);
  expect(new Set(requests.map(({ socket }) => socket)).size).toBe(1);
  for (const request of requests) {
    expect(request).toMatchObject({ readableEnded: true, destroyed: true, closed: true, complete: true });
    expect(request.readable).toBe(false);
    await finished(request); // a later caller gets the same
  }
});

test.each<[string, (request: IncomingMessage) => Promise<unknown>]>([
  ['for its end', (request) => once(request, 'end')],
  [
    'for it later, and reads it',
    (request) =>
      new Promise((resolve) => {
        request.resume();
        process.nextTick(() => request.once('end', resolve));
      }),
  ],
  ['for its close', (request) => once(request, 'close')],
  ['by finished()', (request) => finished(request.resume())],
  ['block by block', (request) => request.toArray()],
])('who listens %s is heard', async (_for, listen) => {
  let heard: unknown = 'nothing';
  const client = await serve((request, response) => {
    const hearing = listen(request);
    endRequest(request);
    response.end('answer');
    hearing.then(() => {
      heard = 'the end';
    });
    response.once('close', () => setImmediate(() => request.socket.end(String(heard))));
  });
  await client.send(GET).until('the end');
});

test('what is not a request of HTTP/1 is left alone', () => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { _dumped: undefined });
  endRequest(request);
  expect(request.readableEnded).toBe(false);
});
