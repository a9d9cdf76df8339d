import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { fromNodeHandler, type NodeHandler } from '../../../src/adapters/node/index.ts';
import { RawClient, startServer, untilStill } from '../../servers/http/_http.ts';
import { respond } from '../../wsgi/driver/_transport.ts';
import { countingCloses, mountAt } from '../_mount.ts';

const BLOCK = Buffer.alloc(64 * 1024, 'x');

async function answer(handler: NodeHandler, method = 'GET') {
  return (await respond(fromNodeHandler(handler), method)).transport;
}

describe('the response', () => {
  test('that is complete at once is sent in one piece', async () => {
    const { calls, reason, headers } = await answer((_request, response) => {
      response.setHeader('X-One', 1);
      response.write('hello ');
      response.end('world');
    });
    expect(calls).toEqual(['start', 'end hello world']);
    expect(reason).toBe('OK');
    expect(headers).toEqual([
      ['X-One', '1'],
      ['Content-Length', '11'],
    ]);
  });

  test('that comes later has its length when it comes in one piece', async () => {
    const { body, headers } = await answer(async (_request, response) => {
      await null;
      response.end('hello');
    });
    expect(body).toBe('hello');
    expect(headers).toEqual([['Content-Length', '5']]);
  });

  test.each<[string, NonNullable<Parameters<ServerResponse['writeHead']>[1]>]>([
    ['an object', { 'X-A': 'a', 'Set-Cookie': ['b', 'c'] } as never],
    ['a flat array', ['X-A', 'a', 'Set-Cookie', 'b', 'Set-Cookie', 'c'] as never],
    [
      'pairs',
      [
        ['X-A', 'a'],
        ['Set-Cookie', 'b'],
        ['Set-Cookie', 'c'],
      ] as never,
    ],
  ])('takes the headers of writeHead() as %s', async (_how, headers) => {
    const transport = await answer((_request, response) => {
      response.writeHead(201, 'Made', headers as never);
      response.end();
    });
    expect(transport.status).toBe(201);
    expect(transport.reason).toBe('Made');
    expect(transport.headers.slice(0, 3)).toEqual([
      ['X-A', 'a'],
      ['Set-Cookie', 'b'],
      ['Set-Cookie', 'c'],
    ]);
  });

  test('leaves out what belongs to the connection', async () => {
    const { headers, status } = await answer((_request, response) => {
      response.writeHead(200, { Connection: 'keep-alive', 'Transfer-Encoding': 'chunked', 'X-A': 'a' });
      response.write('one');
      setImmediate(() => response.end('two'));
    });
    expect(status).toBe(200);
    expect(headers).toEqual([['X-A', 'a']]);
  });

  test('leaves out what Connection names', async () => {
    const { headers } = await answer((_request, response) => {
      response.setHeader('connection', 'close, X-Hop');
      response.setHeader('X-Hop', '1');
      response.setHeader('X-End', '2');
      response.end('text');
    });
    expect(headers.map(([name]) => name)).toEqual(['X-End', 'Content-Length']);
  });

  test.each<[string, NodeHandler]>([
    [
      'setHeader()',
      (_request, response) => {
        response.statusCode = 204;
        response.setHeader('Content-Length', '0');
        response.end();
      },
    ],
    ['writeHead()', (_request, response) => response.writeHead(204, { 'Content-Length': '0' }).end()],
  ])('has no Content-Length with status 204, as CORS middleware says it by %s', async (_, handler) => {
    expect((await answer(handler)).headers).toEqual([]);
  });

  test('has no interim responses', async () => {
    const { status, body } = await answer((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeContinue();
      response.end('final');
    });
    expect(status).toBe(200);
    expect(body).toBe('final');
  });

  test.each([204, 304])('has no body with status %i', async (status) => {
    const { calls } = await answer((_request, response) => {
      response.statusCode = status;
      response.end('nothing');
    });
    expect(calls).toEqual(['start', 'end']);
  });

  test('tells that it is finished, then closed', async () => {
    const events: string[] = [];
    await answer((request, response) => {
      for (const event of ['finish', 'close']) response.on(event, () => events.push(event));
      request.on('close', () => events.push('request closed'));
      setImmediate(() => response.end('hello'));
    });
    await untilStill(() => events.length);
    expect(events).toEqual(['finish', 'close', 'request closed']);
  });

  test('can be waited for as a stream', async () => {
    let waited: Promise<void> | undefined;
    await answer((_request, response) => {
      waited = finished(response);
      response.end('hello');
    });
    await expect(waited).resolves.toBeUndefined();
  });

  test('makes a handler wait whose client takes nothing', async () => {
    let written = 0;
    const application = fromNodeHandler((_request, response) => {
      const writeMore = () => {
        while (response.write(BLOCK)) written += 1;
        written += 1;
        expect(response.writableNeedDrain).toBe(true);
      };
      response.on('drain', writeMore);
      writeMore();
    });
    const { port } = await startServer(application);
    const client = await RawClient.connect(port);
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await untilStill(() => written);
    expect(written).toBeGreaterThan(0);
    expect(written * BLOCK.length).toBeLessThan(32 * 1024 * 1024);
  });

  test('streams 256 MiB without holding them', async () => {
    const COUNT = 4096;
    let heldMost = 0;
    const application = fromNodeHandler(async (_request, response) => {
      for (let i = 0; i < COUNT; i++) {
        const canGoOn = response.write(BLOCK);
        heldMost = Math.max(heldMost, response.writableLength);
        if (!canGoOn) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    });
    const { url } = await startServer(application);
    let length = 0;
    for await (const block of (await fetch(url)).body!) length += block.length;
    expect(length).toBe(COUNT * BLOCK.length);
    expect(heldMost).toBeLessThanOrEqual(2 * BLOCK.length);
  });
});

describe('an error', () => {
  test.each<[string, NodeHandler]>([
    [
      'is thrown',
      () => {
        throw new Error('boom');
      },
    ],
    [
      'is a rejection',
      async () => {
        throw new Error('boom');
      },
    ],
    ['destroys the response', (_request, response) => void response.destroy(new Error('boom'))],
    ['destroys the request', (request) => void request.destroy(new Error('boom'))],
    [
      'comes after the headers',
      async (_request, response) => {
        response.writeHead(200);
        throw new Error('boom');
      },
    ],
  ])('that %s is a 500', async (_how, handler) => {
    const application = countingCloses(fromNodeHandler(handler));
    const { transport, errors } = await respond(application);
    expect(transport.status).toBe(500);
    expect(errors).toEqual(['boom']);
    expect(application.closes).toBe(1);
  });

  test('that comes in the middle of the body breaks it off', async () => {
    const { transport, errors } = await respond(
      fromNodeHandler(async (_request, response) => {
        response.write('begun');
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('boom');
      }),
    );
    expect(transport.calls).toEqual(['start', 'write begun', 'abort']);
    expect(errors).toEqual(['boom']);
  });

  test('that comes after the response is in the log', async () => {
    const { url, log } = await startServer(
      fromNodeHandler(async (_request, response) => {
        response.end('hello');
        throw new Error('boom');
      }),
    );
    const { status } = await fetch(url);
    await untilStill(() => log.length);
    expect(status).toBe(200);
    expect(log.join('')).toContain('boom');
  });
});

describe('the request', () => {
  /** What a handler sees of a request for `target`. */
  async function seen<T>(
    target: string,
    look: (request: IncomingMessage) => T,
    wholePath = false,
  ): Promise<T> {
    let found: T | undefined;
    const application = fromNodeHandler(
      (request, response) => {
        found = look(request);
        response.end();
      },
      { wholePath },
    );
    const { url } = await startServer(mountAt('/mount', application));
    await fetch(url + target);
    return found as T;
  }
  const places = (request: IncomingMessage & { baseUrl?: string; originalUrl?: string }) => ({
    url: request.url,
    baseUrl: request.baseUrl,
    originalUrl: request.originalUrl,
  });

  test('has a URL below the mount, and tells of the mount as Express does', async () => {
    expect(await seen('/mount/caf%C3%A9/?q=%20', places)).toEqual({
      url: '/caf%C3%A9/?q=%20',
      baseUrl: '/mount',
      originalUrl: '/mount/caf%C3%A9/?q=%20',
    });
    expect(await seen('/mount?q', places)).toEqual({
      url: '/?q',
      baseUrl: '/mount',
      originalUrl: '/mount?q',
    });
  });

  test('has no URL that begins with the name of a host', async () => {
    expect((await seen('/mount/%2Fevil.org/', places)).url).toBe('/%2Fevil.org/');
    expect((await seen('/mount//evil.org/', places)).url).toBe('/%2Fevil.org/');
  });

  test('has the whole URL where that is asked for', async () => {
    expect((await seen('/mount/page', places, true)).url).toBe('/mount/page');
  });

  test('has an address, and a scheme', async () => {
    const look = ({ socket }: IncomingMessage) => ({
      address: socket.remoteAddress,
      family: socket.remoteFamily,
      encrypted: (socket as unknown as { encrypted: boolean }).encrypted,
    });
    expect(await seen('/mount/', look)).toEqual({ address: '127.0.0.1', family: 'IPv4', encrypted: false });
  });

  test('has its headers as lists too', async () => {
    const look = ({ headersDistinct: { host, cookie } }: IncomingMessage) => ({ host, cookie });
    const { host, cookie } = await seen('/mount/', look);
    expect(host).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    expect(cookie).toBeUndefined();
  });

  test('is not aborted by a response that does not wait for its body', async () => {
    const events: string[] = [];
    const { url, nextRecord } = await startServer(
      fromNodeHandler((request, response) => {
        for (const event of ['aborted', 'error', 'end', 'close']) request.on(event, () => events.push(event));
        response.end('no, thanks');
      }),
    );
    const over = nextRecord();
    await fetch(url, { method: 'POST', body: 'hello' });
    await over;
    await untilStill(() => events.length);
    expect(events).toEqual(['end', 'close']);
  });

  test('is aborted by a client that leaves in the middle of its upload', async () => {
    const events: string[] = [];
    const { port, nextRecord } = await startServer(
      fromNodeHandler((request) => {
        for (const event of ['aborted', 'error', 'end', 'close']) request.on(event, () => events.push(event));
        request.resume();
      }),
    );
    const client = await RawClient.connect(port);
    const over = nextRecord();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    await new Promise((resolve) => client.socket.write('', resolve));
    client.socket.resetAndDestroy();
    await over;
    await untilStill(() => events.length);
    expect(events).toEqual(['aborted', 'error', 'close']);
  });

  test('reads no further than its handler does', async () => {
    let read = 0;
    const { port } = await startServer(
      fromNodeHandler((request) => {
        request.once('data', (block: Buffer) => {
          read += block.length;
          request.pause();
        });
      }),
    );
    const client = await RawClient.connect(port);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${1 << 30}\r\n\r\n`);
    let sent = 0;
    const send = () => {
      while (client.socket.write(BLOCK)) sent += BLOCK.length;
      sent += BLOCK.length;
    };
    client.socket.on('drain', send);
    send();
    await untilStill(() => sent);
    expect(read).toBeGreaterThan(0);
    expect(sent).toBeLessThan(32 * 1024 * 1024); // what the system's buffers hold
  });
});

test('a request is complete when it has come as a whole, read or not, as on node:http', async () => {
  const seen: boolean[] = [];
  const handler: NodeHandler = async (request, response) => {
    seen.push(request.complete);
    await untilStill(() => Number(request.complete));
    seen.push(request.complete);
    response.end('done');
  };
  const { port } = await startServer(fromNodeHandler(handler));
  const client = await RawClient.connect(port);
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n';
  await client.send(`${head}body`).until('done');
  client.received = '';
  await client.send(`${head}bo`).until('done');
  expect(seen).toEqual([false, true, false, false]);
});
