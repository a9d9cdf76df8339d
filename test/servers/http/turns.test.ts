import { expect, test } from 'vitest';
import { bytes, RawClient, startServer } from './_http.ts';

const REQUEST = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

/**
 * How many blocks a response sends, none of which has to wait, before another client's request is answered that comes
 * with its first block.
 */
async function blocksBeforeOther(size: number, mostBlocks: number): Promise<number> {
  const block = new Uint8Array(size);
  let isOtherAnswered = false;
  let other: RawClient;
  let count = 0;
  const { port } = await startServer((environ, startResponse) => {
    startResponse('200 OK', []);
    if (environ.PATH_INFO === '/long') return long();
    isOtherAnswered = true;
    return [bytes('other')];
  });
  function* long() {
    other.send(REQUEST('/other'));
    for (; !isOtherAnswered && count < mostBlocks; count++) yield block;
  }
  other = await RawClient.connect(port);
  const client = await RawClient.connect(port);
  await client.send(REQUEST('/long')).untilClosed();
  await other.untilClosed();
  return count;
}

test('a response of many small blocks lets others have a turn', async () => {
  expect(await blocksBeforeOther(1, 10_000)).toBeLessThanOrEqual(3 * 64);
});

test('a response of large blocks does so sooner', async () => {
  expect(await blocksBeforeOther(64 * 1024, 40)).toBeLessThanOrEqual(3 * 4);
});
