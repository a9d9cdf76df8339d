import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type {
  GatewayProtocolName,
  GatewayServerOptions,
} from '../../../src/servers/gateway/gateway-options.ts';
import { clientOf } from '../../../src/wsgi/environ/client-presence.ts';
import { ClientDisconnected } from '../../../src/wsgi/errors.ts';
import type { Environ, WSGIApplication } from '../../../src/wsgi/types.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { scgiHead } from '../scgi/_scgi.ts';
import { header, uwsgiPacket } from '../uwsgi/_uwsgi.ts';
import { exchangeBytes, startGateway } from './_start-gateway.ts';

type Variables = readonly (readonly [name: string, value: string])[];

interface Protocol {
  readonly name: GatewayProtocolName;
  readonly firstLine: string;
  encode(variables: Variables): Buffer;
}

const SCGI: Protocol = { name: 'scgi', firstLine: 'Status: 200 OK', encode: scgiHead };
const UWSGI: Protocol = {
  name: 'uwsgi',
  firstLine: 'HTTP/1.1 200 OK',
  encode: (variables) => uwsgiPacket(variables),
};

/** On a unix socket, a response that is ready at once takes no `net.Socket`. */
const SOCKETS = [
  { ...SCGI, by: 'TCP' },
  { ...SCGI, by: 'a unix socket' },
  { ...UWSGI, by: 'TCP' },
  { ...UWSGI, by: 'a unix socket' },
];

const bytes = (text: string) => new TextEncoder().encode(text);
const ok = (...blocks: string[]): WSGIApplication =>
  function answer(_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return blocks.map(bytes);
  };
const echo: WSGIApplication = async function echo(environ, startResponse) {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', [['Content-Length', String(body.length)]]);
  return [body];
};

describe.each(SOCKETS)('a connection by $name and $by', ({ name, firstLine, encode, by }) => {
  const start = (application: WSGIApplication, options: Partial<GatewayServerOptions> = {}) =>
    startGateway(
      name,
      application,
      options,
      by === 'TCP' ? undefined : { path: path.join(temporaryFolder(), 'socket') },
    );
  const request = (contentLength: number, variables: Variables = []) =>
    encode([
      ['CONTENT_LENGTH', String(contentLength)],
      ['SCGI', '1'],
      ['REQUEST_METHOD', contentLength > 0 ? 'POST' : 'GET'],
      ['REQUEST_URI', '/x?a=b'],
      ...variables,
    ]);

  test('brings one request, whose response ends with it', async () => {
    const environs: Environ[] = [];
    const { target, records } = await start((environ, startResponse) => {
      environs.push(environ);
      return ok('a', '', 'b')(environ, startResponse);
    });
    const response = await exchangeBytes(target, [request(0, [['REMOTE_ADDR', '1.2.3.4']])]);
    expect(response).toMatch(
      new RegExp(`^${firstLine}\r\nContent-Type: text/plain\r\n(?:[\\w-]+: .*\r\n)*\r\nab$`),
    );
    expect(environs).toMatchObject([{ REQUEST_METHOD: 'GET', PATH_INFO: '/x', QUERY_STRING: 'a=b' }]);
    expect(records).toMatchObject([
      { method: 'GET', target: '/x?a=b', status: 200, bytes: 2, isAborted: false, remoteAddress: '1.2.3.4' },
    ]);
  });

  test.each([1, 7, 10_000])('takes its request in pieces of %d bytes', async (size) => {
    const { target } = await start(echo);
    const all = Buffer.concat([request(300), Buffer.alloc(300, 'x')]);
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
      all.subarray(i * size, (i + 1) * size),
    );
    expect(await exchangeBytes(target, pieces)).toContain(`\r\n\r\n${'x'.repeat(300)}`);
  });

  test('has no body but by CONTENT_LENGTH', async () => {
    const { target } = await start(echo);
    expect(await exchangeBytes(target, [request(3), 'abcdef'])).toMatch(/\r\n\r\nabc$/);
    expect(await exchangeBytes(target, [Buffer.concat([request(0), Buffer.from('abc')])])).toMatch(
      /\r\n\r\n$/,
    );
  });

  test('has the mount point that is forced', async () => {
    const tell: WSGIApplication = (environ, startResponse) =>
      ok(`${environ.SCRIPT_NAME} ${environ.PATH_INFO}`)(environ, startResponse);
    const { target } = await start(tell, { forceScriptName: '/x' });
    expect(await exchangeBytes(target, [request(0)])).toMatch(/\r\n\r\n\/x $/);
  });

  test('holds the web server back while the application does not read, and takes it all when it does', async () => {
    const size = 20_000_000;
    let read = () => {};
    const { target } = await start(async (environ, startResponse) => {
      await new Promise<void>((resolve) => {
        read = resolve;
      });
      let length = 0;
      for await (const block of environ['wsgi.input']) length += block.length;
      return ok(String(length))(environ, startResponse);
    });
    const socket = net.connect(target);
    socket.write(request(size));
    socket.write(Buffer.alloc(size));
    const answer = once(socket, 'data');
    while (socket.bytesWritten - socket.writableLength === 0) await new Promise(setImmediate);
    await settled(() => socket.writableLength);
    expect(socket.writableLength).toBeGreaterThan(0);
    read();
    expect(String(await answer)).toContain(`\r\n\r\n${size}`);
    socket.destroy();
  });

  test('answers also before a body has come, which is thrown away', async () => {
    const { target } = await start(ok('early'));
    expect(await exchangeBytes(target, [request(5_000_000), Buffer.alloc(4_000_000)])).toMatch(/early$/);
  });

  test('that ends in the middle of a body fails the read', async () => {
    const failed = deferred<unknown>();
    const { target, records } = await start(async (environ, startResponse) => {
      await environ['wsgi.input'].read().catch(failed.resolve);
      return ok()(environ, startResponse);
    });
    net.connect(target).end(Buffer.concat([request(5), Buffer.from('ab')]));
    expect(await failed.promise).toBeInstanceOf(ClientDisconnected);
    await expect.poll(() => records).toMatchObject([{ isAborted: true }]);
  });

  test('that ends tells the application', async () => {
    const gone = deferred<unknown>();
    const { target } = await start(async (environ, startResponse) => {
      const { signal } = clientOf(environ)!;
      signal.addEventListener('abort', () => gone.resolve(signal.reason));
      socket.destroy();
      await gone.promise;
      return ok()(environ, startResponse);
    });
    const socket = net.connect(target);
    socket.write(request(0));
    expect(await gone.promise).toBeInstanceOf(ClientDisconnected);
  });

  test.runIf(by === 'TCP')(
    'is reset when the response breaks off, since its end is that of a whole one',
    async () => {
      const received = deferred<unknown>();
      const { target } = await start((_environ, startResponse) => {
        startResponse('200 OK', []);
        return (async function* () {
          yield bytes('begun');
          await received.promise;
          throw new Error('test: broken off');
        })();
      });
      const socket = net.connect(target);
      const failed = new Promise((resolve) => socket.once('error', resolve));
      socket.once('data', received.resolve).write(request(0));
      expect(String(await received.promise)).toMatch(/begun$/);
      expect(await failed).toMatchObject({ code: 'ECONNRESET' });
    },
  );

  test('with bytes of another protocol is refused with the reason', async () => {
    const { target, clientErrors } = await start(ok());
    const response = await exchangeBytes(target, ['GET / HTTP/1.1\r\n\r\n']);
    const reason = `Expected ${name === 'scgi' ? 'an SCGI' : 'a uwsgi'} request, found HTTP.`;
    expect(response).toContain(' 400 Bad Request\r\n');
    expect(response).toContain(reason);
    expect(clientErrors).toMatchObject([{ kind: 'malformed', status: 400, message: reason }]);
  });

  test('with more variables than a limit allows is refused', async () => {
    const { target } = await start(ok(), { limitRequestHead: 1_000 });
    expect(await exchangeBytes(target, [request(0, [['A', 'x'.repeat(1_000)]])])).toContain(' 431 ');
  });

  test('with a larger body than a limit allows is refused', async () => {
    const { target } = await start(echo, { limitRequestBody: 1_000 });
    expect(await exchangeBytes(target, [request(1_001)])).toContain(' 413 ');
  });

  test.each([
    ['the head', 'headersTimeoutMs', 0, 5, /^$/],
    ['the body', 'bodyTimeoutMs', 5, 0, / 408 /],
  ] as const)('that stops in the middle of %s is ended', async (_what, option, length, missing, answer) => {
    const { target, clientErrors } = await start(echo, { [option]: 40 });
    const head = request(length);
    expect(await exchangeBytes(target, [head.subarray(0, head.length - missing)])).toMatch(answer);
    expect(clientErrors).toMatchObject([{ kind: 'timeout' }]);
  });

  test('that does not take its response is ended', async () => {
    const { target, records } = await start(ok('x'.repeat(20_000_000)), { writeTimeoutMs: 40 });
    const socket = net.connect(target).on('error', () => {});
    socket.write(request(0));
    await expect.poll(() => records).toMatchObject([{ isAborted: true }]);
    socket.destroy();
  });

  test.each([
    ['at once', () => undefined],
    ['in a microtask', () => Promise.resolve()],
    ['in a later turn of the event loop', () => new Promise<void>((resolve) => void setTimeout(resolve, 2))],
  ])('has its response %s, and is then closed on both sides', async (_when, wait) => {
    const { target, server, records } = await start((environ, startResponse) => {
      const waiting = wait();
      if (waiting === undefined) return ok('x')(environ, startResponse);
      return waiting.then(() => ok('x')(environ, startResponse));
    });
    for (let i = 0; i < 3; i++) expect(await exchangeBytes(target, [request(0)])).toMatch(/x$/);
    await expect.poll(() => server.connections).toBe(0);
    expect(server.endedRequests).toBe(3);
    expect(records.map(({ isAborted }) => isAborted)).toEqual([false, false, false]);
  });

  test('has a response of blocks that are ready, and of others that are not', async () => {
    const { target } = await start((_environ, startResponse) => {
      startResponse('200 OK', []);
      return (async function* () {
        yield bytes('one ');
        yield bytes('two ');
        await new Promise((resolve) => setTimeout(resolve, 2));
        yield Buffer.alloc(100_000, 'x');
        yield bytes(' end');
      })();
    });
    expect(await exchangeBytes(target, [request(0)])).toMatch(/\r\n\r\none two x{100000} end$/);
  });

  test('has a large response as a whole', async () => {
    const { target } = await start(ok('x'.repeat(3_000_000)));
    expect((await exchangeBytes(target, [request(0)])).length).toBeGreaterThan(3_000_000);
  });

  test('does not see values that another one has set in an AsyncLocalStorage', async () => {
    const storage = new AsyncLocalStorage<number>();
    const { target } = await start((environ, startResponse) => {
      const before = storage.getStore();
      storage.enterWith(1);
      return ok(String(before))(environ, startResponse);
    });
    for (let i = 0; i < 2; i++) expect(await exchangeBytes(target, [request(0)])).toMatch(/undefined$/);
  });

  test('that ends before anything has come is forgotten', async () => {
    const { target, server, clientErrors } = await start(ok());
    for (const leave of ['end', 'destroy'] as const) {
      const client = net.connect(target);
      await once(client, 'connect');
      await once(client[leave]().resume(), 'close');
    }
    expect(await exchangeBytes(target, [request(0)])).toMatch(/\r\n\r\n$/);
    await expect.poll(() => server.connections).toBe(0);
    expect(clientErrors).toEqual([]);
  });

  test('is finished when the server closes, and one without a request ends', async () => {
    const begun = deferred<void>();
    const finish = deferred<void>();
    const { target, server } = await start(async (environ, startResponse) => {
      begun.resolve();
      await finish.promise;
      return ok('whole')(environ, startResponse);
    });
    const idle = exchangeBytes(target, []);
    const busy = exchangeBytes(target, [request(0)]);
    await begun.promise;
    const closed = server.close({ graceMs: 1 });
    expect(await idle).toBe('');
    finish.resolve();
    expect(await busy).toMatch(/whole$/);
    await closed;
    expect(server.connections).toBe(0);
  });
});

test('a body of any size is read in little memory', async () => {
  const mib = 2 ** 20;
  let most = 0;
  const { target } = await startGateway('scgi', async (environ, startResponse) => {
    const before = process.memoryUsage().arrayBuffers;
    let length = 0;
    for await (const block of environ['wsgi.input']) {
      length += block.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    return ok(String(length))(environ, startResponse);
  });
  const block = Buffer.alloc(mib);
  const head = scgiHead([
    ['CONTENT_LENGTH', String(100 * mib)],
    ['SCGI', '1'],
    ['REQUEST_METHOD', 'POST'],
    ['REQUEST_URI', '/'],
  ]);
  const answer = await exchangeBytes(target, [head, ...Array.from({ length: 100 }, () => block)]);
  expect(answer).toContain(`\r\n\r\n${100 * mib}`);
  expect(most).toBeLessThan(28 * mib); // V8 by itself: 32, and 64 from Node 24 on
});

test('a ping by uwsgi is answered', async () => {
  const { port, records } = await startGateway('uwsgi', ok());
  const ping = header(100, 0);
  expect(await exchangeBytes({ port }, [ping.subarray(0, 2), ping.subarray(2)])).toBe('d\0\0\x01');
  expect(records).toEqual([]);
});

/** As `Promise.withResolvers()`, which Node 20 has not. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Waits until a number stays the same. */
async function settled(read: () => number): Promise<void> {
  let before: number;
  do {
    before = read();
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (read() !== before);
}
