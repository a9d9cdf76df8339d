import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { fromNodeHandler, type NodeHandler } from '../../../src/adapters/node/index.ts';
import { bodyOf, RawClient, startServer, untilStill } from '../../servers/http/_http.ts';
import { createEnviron, RecordingTransport, respond, runOn } from '../../wsgi/driver/_transport.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** A response that is counted is made by the bridge; otherwise the handler has the server's own request and response. */
const WAYS = [
  { way: 'bridged', options: {} },
  { way: 'of the server itself', options: { onResponse: undefined } },
];

type Act = (request: IncomingMessage, response: ServerResponse) => void;

const DESTROYING: readonly [string, Act][] = [
  ['request.destroy()', (request) => void request.destroy()],
  ['response.destroy()', (_request, response) => void response.destroy()],
  ['request.socket.destroy()', ({ socket }) => void socket.destroy()],
  ['response.socket.destroy()', (_request, { socket }) => void socket!.destroy()],
];

describe.each(WAYS)('the socket of a request, $way,', ({ options }) => {
  async function ask(handler: NodeHandler) {
    const { port, log } = await startServer(fromNodeHandler(handler), options);
    const client = await RawClient.connect(port);
    const answer = await client.send(REQUEST).untilClosed();
    return { answer, log, port };
  }

  test('has both addresses', async () => {
    const { answer, port } = await ask(({ socket }, response) => {
      const { localAddress, localPort, localFamily, remoteAddress, remoteFamily, connecting } = socket;
      const own = { localAddress, localPort, localFamily, remoteAddress, remoteFamily, connecting };
      response.end(JSON.stringify({ ...own, address: socket.address() }));
    });
    expect(JSON.parse(bodyOf(answer))).toEqual({
      localAddress: '127.0.0.1',
      localPort: port,
      localFamily: 'IPv4',
      remoteAddress: '127.0.0.1',
      remoteFamily: 'IPv4',
      connecting: false,
      address: { address: '127.0.0.1', family: 'IPv4', port },
    });
  });

  test('is also that of the response', async () => {
    const { answer } = await ask(({ socket, connection }, response) => {
      response.end(String([response.socket, response.connection, connection].every((it) => it === socket)));
    });
    expect(bodyOf(answer)).toBe('true');
  });

  test.each(DESTROYING)(
    'by %s closes the connection without a response, and nothing is logged',
    async (_, act) => {
      const { answer, log } = await ask((request, response) => act(request, response));
      await untilStill(() => log.length);
      expect(answer).toBe('');
      expect(log).toEqual([]);
    },
  );

  test.each(DESTROYING)('by %s breaks off a response that has begun', async (_, act) => {
    const { answer, log } = await ask((request, response) => {
      response.write('begun', () => act(request, response));
    });
    await untilStill(() => log.length);
    expect(answer).toMatch(/begun\r\n$/);
    expect(log).toEqual([]);
  });

  test.each(['request', 'response'] as const)(
    '%s.setTimeout() ends a connection where nothing happens',
    async (of) => {
      const { answer, log } = await ask((request, response) => {
        ({ request, response })[of].setTimeout(1);
      });
      expect(answer).toBe('');
      expect(log).toEqual([]);
    },
  );

  test('response.setTimeout() with a listener leaves it to that', async () => {
    const { answer } = await ask((_request, response) => {
      response.setTimeout(1, () => response.writeHead(503).end('late'));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('late');
  });
});

test.each(['end', 'destroySoon', 'resetAndDestroy'] as const)(
  'socket.%s() closes it as well',
  async (how) => {
    const { transport, errors } = await respond(fromNodeHandler(({ socket }) => void socket[how]()));
    expect(transport.calls).toEqual(['abort']);
    expect(errors).toEqual([]);
  },
);

test.each(DESTROYING)('%s behind a complete response lets that be sent first', async (_, act) => {
  const closed: string[] = [];
  const { transport, errors } = await respond(
    fromNodeHandler((request, response) => {
      request.socket.on('close', () => closed.push('socket'));
      response.writeHead(413).end('too large');
      act(request, response);
    }),
  );
  expect([transport.status, transport.body]).toEqual([413, 'too large']);
  expect(errors).toEqual([]);
  expect(closed).toEqual(['socket']);
});

test.each([
  [{ SERVER_NAME: '[::1]' }, '::1', 'IPv6'],
  [{ SERVER_NAME: 'example.org' }, undefined, undefined],
  [{ SERVER_NAME: 'example.org', SERVER_ADDR: '10.0.0.1' }, '10.0.0.1', 'IPv4'],
])('the local address is the one that the environ %j has', async (variables, address, family) => {
  let found: unknown;
  const application = fromNodeHandler(({ socket }, response) => {
    found = [socket.localAddress, socket.localFamily];
    response.end();
  });
  await runOn(new RecordingTransport(), (environ, startResponse) =>
    application(Object.assign(environ, createEnviron(variables)), startResponse),
  );
  expect(found).toEqual([address, family]);
});
