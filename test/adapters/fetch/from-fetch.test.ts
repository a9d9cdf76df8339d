import { setImmediate as nextTurn } from 'node:timers/promises';
import { H3 } from 'h3';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { describe, expect, test } from 'vitest';
import { type FetchHandler, fromFetch, toFetch } from '../../../src/adapters/fetch/index.ts';
import { run } from '../../../src/wsgi/driver/driver.ts';
import { exchange, Gate, RawClient, startServer, untilStill } from '../../servers/http/_http.ts';
import { createEnviron, RecordingTransport, respond, runOn } from '../../wsgi/driver/_transport.ts';
import { countingCloses, mountAt } from '../_mount.ts';

const BLOCK = new Uint8Array(64 * 1024).fill(120);

function createHono(): FetchHandler {
  const app = new Hono<{ Bindings: { environ: { SCRIPT_NAME: string } } }>();
  app.get('/whoami', (c) => c.json({ url: c.req.url, mount: c.env.environ.SCRIPT_NAME }));
  app.post('/form', async (c) => c.json(await c.req.json()));
  app.post('/length', async (c) => c.json({ length: (await c.req.arrayBuffer()).byteLength }));
  app.get('/cookies', (c) => {
    c.header('set-cookie', 'a=1', { append: true });
    c.header('set-cookie', 'b=2', { append: true });
    return c.text('set');
  });
  app.get('/stream', (c) =>
    stream(c, async (out) => {
      for (let i = 0; i < 64; i++) await out.write(BLOCK);
    }),
  );
  app.get('/away', (c) => c.redirect('whoami'));
  app.get('/boom', () => {
    throw new Error('boom');
  });
  app.onError((_error, c) => c.text('failed', 500));
  return app.fetch as FetchHandler;
}

function createH3(): FetchHandler {
  const app = new H3({ silent: true });
  app.get('/whoami', ({ req }) => ({ url: req.url, mount: '/inner' }));
  app.post('/form', ({ req }) => req.json());
  app.post('/length', async ({ req }) => ({ length: (await req.arrayBuffer()).byteLength }));
  app.get('/cookies', ({ res }) => {
    res.headers.append('set-cookie', 'a=1');
    res.headers.append('set-cookie', 'b=2');
    return 'set';
  });
  app.get('/stream', () => {
    let left = 64;
    return new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(BLOCK) : controller.close()),
    });
  });
  app.get('/away', () => new Response(null, { status: 302, headers: { location: 'whoami' } }));
  app.get('/boom', () => {
    throw new Error('boom');
  });
  return (request) => app.fetch(request);
}

describe.each([
  ['Hono', createHono],
  ['h3', createH3],
])('%s inside of a site', (_name, create) => {
  async function serveMounted() {
    const application = countingCloses(mountAt('/inner', fromFetch(create())));
    const served = await startServer(application);
    return { ...served, url: `${served.url}/inner`, root: served.url, application };
  }

  test('routes below its mount, and gets the path of the mount', async () => {
    const { url, root } = await serveMounted();
    expect(await (await fetch(`${url}/whoami?q=1`)).json()).toEqual({
      url: `${root}/whoami?q=1`,
      mount: '/inner',
    });
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });

  test('parses a form and reads an upload', async () => {
    const { url } = await serveMounted();
    const form = await fetch(`${url}/form`, { method: 'POST', body: '{"name":"Ünal"}' });
    expect(await form.json()).toEqual({ name: 'Ünal' });
    const body = new Blob([Buffer.alloc(5_000_000)]).stream();
    const upload = await fetch(`${url}/length`, { method: 'POST', body, duplex: 'half' });
    expect(await upload.json()).toEqual({ length: 5_000_000 });
  });

  test('sets cookies, streams, redirects, and fails', async () => {
    const { url } = await serveMounted();
    expect((await fetch(`${url}/cookies`)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect((await (await fetch(`${url}/stream`)).arrayBuffer()).byteLength).toBe(64 * BLOCK.length);
    expect((await fetch(`${url}/away`)).url).toBe(`${url}/whoami`);
    expect((await fetch(`${url}/boom`)).status).toBe(500);
  });

  test('is closed once for each request', async () => {
    const { url, application, nextRecord } = await serveMounted();
    for (let i = 0; i < 3; i++) {
      const over = nextRecord();
      await (await fetch(`${url}/stream`)).arrayBuffer();
      await over;
    }
    expect(application.closes).toBe(3);
  });
});

test('a body of one block has its length', async () => {
  const { transport } = await respond(fromFetch(() => new Response('hello')));
  expect(transport.headers).toContainEqual(['content-length', '5']);
  expect(transport.reason).toBe('OK');
});

test('headers that belong to the connection are left out', async () => {
  const headers = { connection: 'keep-alive', 'transfer-encoding': 'chunked', 'x-one': '1' };
  const { transport, errors } = await respond(fromFetch(() => new Response(null, { headers })));
  expect(errors).toEqual([]);
  expect(transport.headers).toEqual([
    ['x-one', '1'],
    ['content-length', '0'],
  ]);
});

test.each<[string, FetchHandler, string]>([
  [
    'throws',
    () => {
      throw new Error('boom');
    },
    'boom',
  ],
  [
    'is rejected',
    async () => {
      throw new Error('boom');
    },
    'boom',
  ],
  [
    'returns no Response',
    () => 'hello' as never,
    "The fetch handler returned 'hello', which is not a Response.",
  ],
  [
    'returns nothing',
    () => undefined as never,
    'The fetch handler returned undefined, which is not a Response.',
  ],
  [
    'fails at the start of the body',
    () =>
      new Response(
        new ReadableStream({
          pull() {
            throw new Error('boom');
          },
        }),
      ),
    'boom',
  ],
])('a handler that %s is answered with 500, and its error is logged once', async (_how, handler, message) => {
  const application = countingCloses(fromFetch(handler));
  const transport = new RecordingTransport();
  const log: string[] = [];
  const environ = createEnviron({}, log);
  await run(application, environ, transport, { onError: (error) => log.push((error as Error).message) });
  await nextTurn(); // when what nobody has handled would be told
  expect(transport.status).toBe(500);
  expect(log).toEqual([message]);
  expect(application.closes).toBe(1);
});

test('a request that cannot be represented as a Request is answered with 400', async () => {
  const { port } = await startServer(fromFetch(() => new Response('never')));
  const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
});

test('HEAD and GET read no more blocks than they need', async () => {
  let made = 0;
  const handler = fromFetch(
    () =>
      new Response(
        new ReadableStream(
          { pull: (controller) => void controller.enqueue(BLOCK.slice(0, ++made)) },
          { highWaterMark: 0 },
        ),
      ),
  );
  const { transport } = await respond(handler, 'HEAD');
  expect(transport.status).toBe(200);
  expect(made).toBeLessThan(3);
});

test('the body waits while the client does not read', async () => {
  let made = 0;
  const { port } = await startServer(
    fromFetch(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              made += 1;
              controller.enqueue(BLOCK);
            },
          }),
        ),
    ),
  );
  const client = await RawClient.connect(port);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await untilStill(() => made);
  expect(made).toBeGreaterThan(0);
  expect(made * BLOCK.length).toBeLessThan(32 * 1024 * 1024);
});

describe('request.signal', () => {
  test('is aborted by a client that leaves before there is a response', async () => {
    const begun = new Gate();
    const aborted = new Gate();
    const application = countingCloses(
      fromFetch(async ({ signal }) => {
        signal.addEventListener('abort', () => aborted.open());
        begun.open();
        await aborted.opened;
        throw signal.reason;
      }),
    );
    const transport = new RecordingTransport();
    const running = runOn(transport, application);
    await begun.opened;
    transport.disconnect();
    await aborted.opened;
    expect(await running).toEqual([]);
    expect(application.closes).toBe(1);
  });

  test('is aborted, and the body cancelled, by a client that leaves in its middle', async () => {
    const aborted = new Gate();
    const cancelled = new Gate();
    const begun = new Gate();
    const application = fromFetch(({ signal }) => {
      signal.addEventListener('abort', () => aborted.open());
      return new Response(
        new ReadableStream(
          {
            start: (controller) => controller.enqueue(BLOCK),
            pull: () => begun.open(),
            cancel: () => cancelled.open(),
          },
          { highWaterMark: 2 },
        ),
      );
    });
    const { port } = await startServer(application);
    const client = await RawClient.connect(port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await begun.opened;
    await client.until('\r\n\r\n');
    client.socket.resetAndDestroy();
    await aborted.opened;
    await cancelled.opened;
  });

  test('is not aborted by a response that was sent in full', async () => {
    let signal: AbortSignal | undefined;
    await respond(
      fromFetch((request) => {
        ({ signal } = request);
        return new Response('hello');
      }),
    );
    expect(signal?.aborted).toBe(false);
  });
});

test('toFetch(fromFetch(handler)) behaves as the handler', async () => {
  const inner = toFetch(
    fromFetch(async (request) => new Response(`${request.method} ${request.url} ${await request.text()}`)),
  );
  const answer = await inner(new Request('http://example.com/a?b', { method: 'POST', body: 'hello' }));
  expect(await answer.text()).toBe('POST http://example.com/a?b hello');
});

test('a path that begins with an encoded slash comes as it was sent', async () => {
  const { url } = await startServer(fromFetch((request) => new Response(request.url)));
  expect(await (await fetch(`${url}/%2Fevil.org/`)).text()).toBe(`${url}/%2Fevil.org/`);
});

test('the option wholePath keeps the whole path in the URL', async () => {
  const handler = fromFetch((request) => new Response(request.url), { wholePath: true });
  const transport = new RecordingTransport();
  await runOn(transport, (_environ, startResponse) =>
    handler(createEnviron({ SCRIPT_NAME: '/mount', PATH_INFO: '/page' }), startResponse),
  );
  expect(transport.body).toBe('http://testserver/mount/page');
});

test('TRACE, which a Request cannot have, is not implemented', async () => {
  const { port } = await startServer(fromFetch(() => new Response('never')));
  const response = await exchange(port, 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(response).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\n/);
});
