import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { fromNodeHandler, type NodeHandler, toNodeHandler } from '../../../src/adapters/node/index.ts';
import type { HttpServerOptions } from '../../../src/servers/http/options.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { validator } from '../../../src/wsgi/validate/index.ts';
import { exchange, RawClient, startServer, untilStill } from '../../servers/http/_http.ts';
import { countingClosesOnly, mountAt } from '../_mount.ts';

/** Nobody counts what is sent. */
const UNCOUNTED = { onResponse: undefined };

/** Answers whether the handler has the server's own connection before it. */
const whose: NodeHandler = (request, response) => {
  response.end(request.socket instanceof Socket ? 'the own' : 'another');
};

async function ask(application: WSGIApplication, init: RequestInit = {}, options: HttpServerOptions = {}) {
  const { url } = await startServer(application, { ...UNCOUNTED, ...options });
  return (await fetch(`${url}/mount/a%20b?q=1`, init)).text();
}

describe('the server’s own request and response are', () => {
  const application = fromNodeHandler(whose);

  test.each<[string, WSGIApplication]>([
    ['the application is all there is', application],
    ['it is mounted', mountAt('/mount', application)],
    ['a middleware awaits it', async (environ, startResponse) => application(environ, startResponse)],
    ['a middleware adds to environ', (environ, start) => application({ ...environ, 'my.user': 'me' }, start)],
  ])('handed through where %s', async (_where, served) => {
    expect(await ask(served)).toBe('the own');
  });

  test.each<[string, WSGIApplication, RequestInit?, HttpServerOptions?]>([
    [
      'wants to see the head',
      (environ, startResponse) => application(environ, (...args) => startResponse(...args)),
    ],
    ['changes a header', (environ, start) => application({ ...environ, HTTP_HOST: 'other' }, start)],
    ['adds a header', (environ, start) => application({ ...environ, HTTP_X_NEW: '1' }, start)],
    ['changes the address', (environ, start) => application({ ...environ, REMOTE_ADDR: '10.0.0.1' }, start)],
    [
      'changes the scheme',
      (environ, start) => application({ ...environ, 'wsgi.url_scheme': 'https' }, start),
    ],
    ['changes the path', (environ, start) => application({ ...environ, PATH_INFO: '/other' }, start)],
    ['changes the query', (environ, start) => application({ ...environ, QUERY_STRING: '' }, start)],
    ['validates', validator(application, { report() {} })],
    ['gets a body', application, { method: 'POST', body: 'text' }],
    ['is not to see a header', application, { headers: { x_real_ip: '10.0.0.1' } }],
    ['counts what is sent', application, {}, { onResponse() {} }],
    ['names itself', application, {}, { serverHeader: 'test' }],
  ])('not, where somebody %s', async (_what, served, init, options) => {
    expect(await ask(served, init, options)).toBe('another');
  });

  test('without a Content-Length where there is no content', async () => {
    const cors: NodeHandler = (_request, response) => {
      response.statusCode = 204;
      response.setHeader('Content-Length', '0');
      response.end();
    };
    const { port } = await startServer(fromNodeHandler(cors), UNCOUNTED);
    const answer = await exchange(port, 'OPTIONS / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(answer).not.toMatch(/content-length/i);
  });

  test('not, where a framework is around the site', async () => {
    const inner = toNodeHandler(application);
    expect(await ask(fromNodeHandler((request, response) => inner(request, response)))).toBe('another');
  });
});

test('the request has its URL below the mount, and tells of the mount as Express does', async () => {
  const seen: unknown[] = [];
  const look: NodeHandler = (
    request: IncomingMessage & { baseUrl?: string; originalUrl?: string },
    response,
  ) => {
    seen.push([request.url, request.baseUrl, request.originalUrl]);
    response.end();
  };
  await ask(mountAt('/mount', fromNodeHandler(look)));
  await ask(mountAt('/mount', fromNodeHandler(look, { wholePath: true })));
  expect(seen).toEqual([
    ['/a%20b?q=1', '/mount', '/mount/a%20b?q=1'],
    ['/mount/a%20b?q=1', undefined, '/mount/a%20b?q=1'],
  ]);
});

test('a middleware that looks at the blocks gets them', async () => {
  const inner = fromNodeHandler((_request, response) => response.end('hello'));
  const upper: WSGIApplication = async (environ, startResponse) => {
    const response = (await inner(environ, startResponse)) as AsyncIterable<Uint8Array>;
    async function* loud() {
      for await (const block of response) yield Buffer.from(String(Buffer.from(block)).toUpperCase());
    }
    return loud();
  };
  expect(await ask(upper)).toBe('HELLO');
});

test('the handler runs in the asynchronous context of the application’s caller', async () => {
  const context = new AsyncLocalStorage<string>();
  const inner = fromNodeHandler(async (_request, response) => {
    await null;
    response.end(context.getStore());
  });
  const outer: WSGIApplication = (environ, startResponse) =>
    context.run('mine', () => inner(environ, startResponse));
  expect(await ask(outer)).toBe('mine');
});

describe('an error', () => {
  async function fail(handler: NodeHandler) {
    const application = countingClosesOnly(fromNodeHandler(handler));
    const { url, port, log } = await startServer(application, UNCOUNTED);
    return { url, port, log, application };
  }

  test.each<[string, NodeHandler]>([
    [
      'thrown',
      (_request, response) => {
        response.setHeader('X-Own', 'yes');
        response.setHeader('Content-Length', 1000);
        throw new Error('boom');
      },
    ],
    [
      'rejected',
      async (_request, response) => {
        response.setHeader('X-Own', 'yes');
        await null;
        throw new Error('boom');
      },
    ],
  ])('that is %s before the head is a 500, without what had been set', async (_how, handler) => {
    const { url, log, application } = await fail(handler);
    const answer = await fetch(url);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-own')).toBeNull();
    expect(await answer.text()).toMatch(/^The application failed/);
    expect(log.join('')).toContain('boom');
    await expect.poll(() => application.closes > 0).toBe(true);
    await untilStill(() => application.closes);
    expect(application.closes).toBe(1);
  });

  test('in the middle of the body breaks it off', async () => {
    const { url, log, application } = await fail(async (_request, response) => {
      response.write('begun');
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('boom');
    });
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
    await expect.poll(() => application.closes > 0).toBe(true);
    expect(log.join('')).toContain('boom');
    expect(application.closes).toBe(1);
  });

  test('after the response is in the log, and the connection goes on', async () => {
    const { port, log, application } = await fail(async (_request, response) => {
      response.end('hello');
      throw new Error('boom');
    });
    const client = await RawClient.connect(port);
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    client.send(request);
    await expect.poll(() => application.closes).toBe(1);
    client.send(request);
    await expect.poll(() => application.closes).toBe(2);
    await expect.poll(() => client.received.split('hello').length).toBe(3);
    expect(log.join('').split('boom').length).toBeGreaterThan(2);
  });
});

test.each<[string, NodeHandler]>([
  [
    'at once',
    async (_request, response) => {
      response.end('made');
      await new Promise(() => {});
    },
  ],
  [
    'later',
    async (_request, response) => {
      await null;
      response.end('made');
      await new Promise(() => {});
    },
  ],
])('a handler that has more to do when it has answered %s keeps nothing open', async (_when, handler) => {
  const application = countingClosesOnly(fromNodeHandler(handler));
  const { url, server } = await startServer(application, UNCOUNTED);
  expect(await (await fetch(url)).text()).toBe('made');
  await expect.poll(() => server.openRequests).toBe(0);
  expect(application.closes).toBe(1);
});

test('requests that come at once are answered in their order', async () => {
  const { port } = await startServer(
    fromNodeHandler(async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, request.url === '/1' ? 20 : 0));
      response.end(`answer ${request.url};`);
    }),
    UNCOUNTED,
  );
  const client = await RawClient.connect(port);
  client.send(['/1', '/2', '/3'].map((url) => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  await client.until('answer /3;');
  expect(client.received.match(/answer .*?;/g)).toEqual(['answer /1;', 'answer /2;', 'answer /3;']);
});

test('a client that takes nothing is disconnected in the end', async () => {
  let isOver = false;
  const { port } = await startServer(
    fromNodeHandler((_request, response) => {
      response.once('close', () => {
        isOver = true;
      });
      response.end(Buffer.alloc(64 * 1024 * 1024));
    }),
    { ...UNCOUNTED, writeTimeoutMs: 200 },
  );
  const client = await RawClient.connect(port);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => isOver).toBe(true);
  expect(isOver).toBe(true);
});
