import type { RequestListener, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { endWithRequest } from '../../../src/adapters/node/end-with-request.ts';
import { RawClient } from '../../servers/http/_http.ts';
import { listen } from '../_listen.ts';

/** What a client gets from a response that ends its request, block by block as it came. */
async function received(
  answer: RequestListener,
  method = 'GET',
  prepare = endWithRequest,
): Promise<string[]> {
  const { port } = await listen((request, response) => {
    response.sendDate = false;
    prepare(response);
    answer(request, response);
  });
  const client = await RawClient.connect(port);
  const blocks: string[] = [];
  client.socket.on('data', (block: string) => blocks.push(block));
  client.send(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await new Promise((resolve) => client.socket.once('end', resolve));
  return blocks;
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n';

function withLength(response: ServerResponse): ServerResponse {
  response.setHeader('Content-Length', 6);
  return response;
}

test.each<[string, RequestListener]>([
  ['a text', (_request, response) => withLength(response).end('héllo')],
  ['bytes', (_request, response) => withLength(response).end(Buffer.from('héllo'))],
  ['a text in another encoding', (_request, response) => withLength(response).end('68c3a96c6c6f', 'hex')],
  [
    'a text that is written before',
    (_request, response) => {
      withLength(response).write('héllo');
      response.end();
    },
  ],
  [
    'a text behind writeHead()',
    (_request, response) => response.writeHead(200, { 'Content-Length': 6 }).end('héllo'),
  ],
])('%s is sent together with the head', async (_what, answer) => {
  const [block, ...others] = await received(answer);
  expect(Buffer.from(block!, 'latin1').toString()).toBe(`${HEAD}héllo`);
  expect(others).toEqual([]);
});

test('without a Content-Length, Node determines the length', async () => {
  const [block] = await received((_request, response) => response.end('hello'));
  expect(block).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello');
});

test('a response to HEAD has no body', async () => {
  expect((await received((_request, response) => withLength(response).end('hello!'), 'HEAD')).join('')).toBe(
    HEAD,
  );
});

test('blocks that were written before are sent before', async () => {
  const blocks = await received((_request, response) => {
    withLength(response).write('hel');
    response.end('lo!');
  });
  expect(blocks.join('')).toBe(`${HEAD}hello!`);
});

test('its callback is called when all is sent, and a second end() is what it is in Node', async () => {
  async function callsOf(prepare: typeof endWithRequest) {
    const calls: string[] = [];
    const answer: RequestListener = (_request, response) => {
      withLength(response).end('hello!', () => calls.push('sent'));
      response.end((error?: Error & { code?: string }) => calls.push(`again ${error?.code}`));
    };
    await received(answer, 'GET', prepare);
    return calls.toSorted();
  }
  const calls = await callsOf(endWithRequest);
  expect(calls).toContain('sent');
  expect(calls).toEqual(await callsOf(() => {}));
});

test('middleware that puts itself in front of write() and end() is not called for what is its own', async () => {
  const seen: string[] = [];
  const blocks = await received((_request, response) => {
    const { write, end } = response;
    response.write = ((...args: Parameters<typeof write>) => {
      seen.push(`write ${args[0]}`);
      return write.apply(response, args);
    }) as typeof write;
    response.end = ((...args: Parameters<typeof end>) => {
      seen.push(`end ${args[0]}`);
      return end.apply(response, args);
    }) as typeof end;
    withLength(response).end('hello!');
  });
  expect(seen).toEqual(['end hello!']);
  expect(blocks.join('')).toBe(`${HEAD}hello!`);
});
