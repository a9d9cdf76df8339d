import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { HttpServerOptions } from '../../../src/servers/http/options.ts';
import { serve } from '../../../src/servers/index.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { RawClient } from './_http.ts';

const application: WSGIApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from('page')];
};

const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

async function start(options: HttpServerOptions = {}) {
  const server = await serve(application, { port: 0, onClientError() {}, ...options });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  return server;
}

function echo(): HttpServerOptions {
  const sockets = new WebSocketServer({ noServer: true });
  return {
    websocket(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('message', (data) => client.send(`${request.url} ${data}`));
      });
    },
  };
}

async function connect(url: string): Promise<WebSocket> {
  const client = new WebSocket(`${url.replace('http', 'ws')}ws`);
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  return client;
}

test('without a handler, a handshake is refused with 426, and the connection ends', async () => {
  const { port } = await start();
  const client = await RawClient.connect(port);
  const answer = await client.send(HANDSHAKE).untilClosed();
  expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  expect(answer).toMatch(/\r\nUpgrade: websocket\r\n/);
  expect(answer).toMatch(/\r\nConnection: close, Upgrade\r\n/);
  expect(answer).toContain('export a function websocket(request, socket, head) beside application.');
});

test.each([
  ['a malformed host', HANDSHAKE.replace('Host: x', 'Host: a:x')],
  ['two hosts', HANDSHAKE.replace('Host: x', 'Host: a\r\nHost: b')],
  ['no host', HANDSHAKE.replace('Host: x\r\n', '')],
  ['a fragment', HANDSHAKE.replace('/ws', '/ws#a')],
  ['a malformed host in its target', HANDSHAKE.replace('/ws', 'http://a:x/ws')],
])(
  'a handshake with %s is refused as any request, and the handler does not see it',
  async (_what, handshake) => {
    let handshakes = 0;
    const { port } = await start({
      websocket(_request, socket) {
        handshakes += 1;
        socket.destroy();
      },
    });
    const client = await RawClient.connect(port);
    expect(await client.send(handshake).untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    expect(handshakes).toBe(0);
  },
);

test('with a handler, messages go both ways', async () => {
  const { url } = await start(echo());
  const client = await connect(url);
  for (const text of ['one', 'two']) {
    client.send(text);
    const [data] = await once(client, 'message');
    expect(String(data)).toBe(`/ws ${text}`);
  }
});

test('pages are served as well, and other upgrades are refused', async () => {
  const { url, port } = await start(echo());
  await connect(url);
  expect(await (await fetch(url)).text()).toBe('page');
  const client = await RawClient.connect(port);
  const other = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
  expect(await client.send(other).until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 (?:200|400) /);
});

test('closing the server ends it at once', async () => {
  const server = await start(echo());
  const client = await connect(server.url);
  const [closed] = await Promise.all([once(client, 'close'), server.close({ timeoutMs: 5_000 })]);
  expect(closed[0]).toBe(1006);
});

test('a handler that throws ends only its own connection', async () => {
  const log: string[] = [];
  const errors = { write: (text: string) => void log.push(text), writelines() {}, flush() {} };
  const { url, port } = await start({
    errors,
    websocket() {
      throw new Error('broken handler');
    },
  });
  const client = await RawClient.connect(port);
  await client.send(HANDSHAKE).untilClosed();
  expect(log.join('')).toContain('broken handler');
  expect(await (await fetch(url)).text()).toBe('page');
});
