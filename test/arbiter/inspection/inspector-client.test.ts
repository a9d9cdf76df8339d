import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InspectorClient } from '../../../src/arbiter/inspection/inspector-client.ts';

/** Something that listens where an inspector should, and answers so; by the other protocol when it is spoken to. */
async function listening(list: string, onUpgrade: (socket: Socket) => void = () => {}): Promise<number> {
  const server = http.createServer((_request, response) => response.end(list));
  server.on('upgrade', (_request, socket: Socket) => {
    socket.on('error', () => {}).once('data', () => onUpgrade(socket));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const LIST = JSON.stringify([{ webSocketDebuggerUrl: 'ws://127.0.0.1:1/id' }]);
const signal = () => AbortSignal.timeout(4_000);

describe('a connection to a server that is not an inspector', () => {
  test.each([
    ['text', 'hello'],
    ['an empty list', '[]'],
    ['null', 'null'],
    ['a target without an address', '[{}]'],
    ['a malformed address', '[{"webSocketDebuggerUrl":"nowhere"}]'],
    ['an answer that is too long', `"${'x'.repeat(2_000_000)}"`],
  ])('fails when the server answers with %s', async (_what, list) => {
    await expect(InspectorClient.connect(await listening(list), signal())).rejects.toThrow();
  });

  test.each([
    ['no JSON', Buffer.from([0x81, 3, 0x7b, 0x7b, 0x7b])],
    ['a message that is too long', Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['a length that no memory has', Buffer.from([0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255])],
  ])('is closed when the server sends %s', async (_what, frame) => {
    const ended = new Promise<void>((resolve, reject) => {
      listening(LIST, (socket) => {
        socket.once('end', () => resolve()).resume();
        socket.write(frame);
      }).then(async (port) => (await InspectorClient.connect(port, signal())).send(1, 'hello'), reject);
    });
    await ended;
  });
});

test('messages are received one by one, wherever the data is split', async () => {
  const messages: unknown[] = [];
  await new Promise<void>((resolve) => {
    void listening(LIST, (socket) => {
      const frame = (text: string) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
      const bytes = Buffer.concat([frame('{"id":1}'), frame('{"id":2}')]);
      for (const byte of bytes) socket.write(Buffer.from([byte]));
    }).then(async (port) => {
      const client = await InspectorClient.connect(port, signal());
      onTestFinished(() => client.close());
      client.onMessage = (message) => {
        messages.push(message);
        if (messages.length === 2) resolve();
      };
      client.send(1, 'hello');
    });
  });
  expect(messages).toEqual([{ id: 1 }, { id: 2 }]);
});
