import { setImmediate as nextTurn } from 'node:timers/promises';
import { H3 } from 'h3';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { type ToFetchOptions, toFetch } from '../../../src/adapters/fetch/index.ts';
import { path } from '../../../src/handler/urls/index.ts';
import type { Environ, WSGIApplication } from '../../../src/wsgi/types.ts';
import { createApplication } from '../../handler/_client.ts';
import { bytes, capture, Gate, untilStill } from '../../servers/http/_http.ts';
import { countingCloses } from '../_mount.ts';

const BLOCK = new Uint8Array(64 * 1024);
const ORIGIN = 'http://example.com:8000';

/** What becomes of a request: its response, and the errors that were reported. */
async function ask(application: WSGIApplication, request = new Request(`${ORIGIN}/`)) {
  const errors: unknown[] = [];
  const response = await toFetch(application, { onError: (error) => errors.push(error) })(request);
  return { response, errors };
}

async function environOf(request: Request, options: ToFetchOptions = {}): Promise<Environ> {
  const { application, environs } = capture();
  await toFetch(application, options)(request);
  return environs[0]!;
}

const answering =
  (status: string, headers: [string, string][], ...blocks: string[]): WSGIApplication =>
  (_environ, startResponse) => {
    startResponse(status, headers);
    return blocks.map(bytes);
  };

test.each(['a:x', 'a:99999', '[::1', 'a, b', 'user@a'])('the malformed host %s is refused', async (host) => {
  const { application, environs } = capture();
  const { response } = await ask(application, new Request(`${ORIGIN}/`, { headers: { host } }));
  expect(response.status).toBe(400);
  expect(environs).toEqual([]);
});

test('a Request without the URL of a server is refused, as Bun makes one of a malformed host', async () => {
  const { application, environs } = capture();
  const request = Object.defineProperty(new Request(ORIGIN), 'url', { value: '/path' });
  const { response } = await ask(application, request);
  expect(response.status).toBe(400);
  expect(environs).toEqual([]);
});

test.each([
  ['http://example.com:/a', 'example.com', '80'],
  ['http://[::1]:81/a', '[::1]', '81'],
])('the server of the URL %s, as a runtime may write it', async (url, name, port) => {
  const request = Object.defineProperty(new Request(ORIGIN), 'url', { value: url });
  expect(await environOf(request)).toMatchObject({ SERVER_NAME: name, SERVER_PORT: port });
});

describe('the environ', () => {
  test('has what the URL tells', async () => {
    expect(await environOf(new Request('https://example.com/caf%C3%A9//x%2Fy?q=%20#part'))).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/caf\xc3\xa9//x/y',
      QUERY_STRING: 'q=%20',
      SERVER_NAME: 'example.com',
      SERVER_PORT: '443',
      SERVER_PROTOCOL: 'HTTP/1.1',
      HTTP_HOST: 'example.com',
      HTTPS: 'on',
      'wsgi.url_scheme': 'https',
    });
  });

  test.each([
    ['http://example.com?q', '/', 'q'],
    ['http://example.com/#?no', '/', ''],
    ['http://example.com/a?', '/a', ''],
    ['http://example.com//evil.example', '/evil.example', ''],
  ])('of %s has its path', async (url, pathInfo, query) => {
    expect(await environOf(new Request(url))).toMatchObject({ PATH_INFO: pathInfo, QUERY_STRING: query });
  });

  test('has the scheme in lower case, also where the runtime does not write it so', async () => {
    const request = Object.defineProperty(new Request(ORIGIN), 'url', { value: 'HTTP://example.com?q' });
    expect(await environOf(request)).toMatchObject({
      PATH_INFO: '/',
      QUERY_STRING: 'q',
      SERVER_PORT: '80',
      'wsgi.url_scheme': 'http',
    });
  });

  test('of an IPv6 host has it in brackets', async () => {
    const environ = await environOf(new Request('http://[::1]:81/'));
    expect(environ).toMatchObject({ SERVER_NAME: '[::1]', SERVER_PORT: '81', HTTP_HOST: '[::1]:81' });
  });

  test('has the headers, but for those that are refused everywhere', async () => {
    const headers = { 'X-One': '1', X_Two: '2', Proxy: '3', 'Content-Type': 'text/plain' };
    const environ = await environOf(new Request(ORIGIN, { headers }));
    expect(environ).toMatchObject({ HTTP_X_ONE: '1', CONTENT_TYPE: 'text/plain' });
    expect(Object.keys(environ)).not.toContain('HTTP_X_TWO');
    expect(Object.keys(environ)).not.toContain('HTTP_PROXY');
  });

  test('moves the mount to SCRIPT_NAME', async () => {
    const environ = await environOf(new Request(`${ORIGIN}/site/page`), { scriptName: '/site' });
    expect(environ).toMatchObject({ SCRIPT_NAME: '/site', PATH_INFO: '/page' });
    const { application } = capture();
    const other = await toFetch(application, { scriptName: '/site' })(new Request(`${ORIGIN}/sites`));
    expect(other.status).toBe(404);
  });

  test('has what the option adds, from what the runtime hands over', async () => {
    const { application, environs } = capture();
    const handler = toFetch(application, {
      environ: (_request, info: { address: string }) => ({ REMOTE_ADDR: info.address }),
    });
    await handler(new Request(ORIGIN), { address: '10.0.0.1' });
    expect(environs[0]?.REMOTE_ADDR).toBe('10.0.0.1');
  });
});

describe('the request body', () => {
  const length: WSGIApplication = async (environ, startResponse) => {
    let count = 0;
    for await (const block of environ['wsgi.input']) count += block.length;
    startResponse('200 OK', []);
    return [bytes(String(count))];
  };

  test('is read, and the environ tells that there is one', async () => {
    const request = new Request(ORIGIN, { method: 'POST', body: 'hello' });
    const { response } = await ask(length, request.clone() as Request);
    expect(await response.text()).toBe('5');
    expect(await environOf(request)).toMatchObject({ HTTP_TRANSFER_ENCODING: 'chunked' });
  });

  test('reaches a view', async () => {
    const site = await createApplication([path('', async (request) => Response.json(await request.json()))]);
    const request = new Request('http://testserver/', { method: 'POST', body: '{"a":1}' });
    expect(await (await toFetch(site)(request)).json()).toEqual({ a: 1 });
  });

  test('has no bytes where there is no body', async () => {
    const { response } = await ask(length);
    expect(await response.text()).toBe('0');
  });

  test('that was read before is an error that says so', async () => {
    const request = new Request(ORIGIN, { method: 'POST', body: 'hello' });
    await request.text();
    const { response, errors } = await ask(length, request);
    expect(response.status).toBe(500);
    expect(String(errors[0])).toContain('Mount the application before the body parser');
  });

  test('is not read ahead', async () => {
    let pulls = 0;
    const body = new ReadableStream(
      { pull: (controller) => void controller.enqueue(BLOCK.slice(0, ++pulls)) },
      { highWaterMark: 0 },
    );
    const request = new Request(ORIGIN, { method: 'POST', body, duplex: 'half' });
    await ask(async (environ, startResponse) => {
      await environ['wsgi.input'].read(1);
      startResponse('200 OK', []);
      return [];
    }, request);
    await untilStill(() => pulls);
    expect(pulls).toBeLessThan(4);
  });
});

describe('the response', () => {
  test('has the status, the reason and each header', async () => {
    const headers: [string, string][] = [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-One', '1'],
    ];
    const { response } = await ask(answering('201 Made', headers, 'hello'));
    expect([response.status, response.statusText]).toEqual([201, 'Made']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('hello');
  });

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'])('%s has no body', async (status) => {
    const { response, errors } = await ask(answering(status, [], 'hello'));
    expect(String(response.status)).toBe(status.slice(0, 3));
    expect(response.body).toBeNull();
    expect(errors).toEqual([]);
  });

  test.each(['101 Switching Protocols', '600 What'])('%s is an error', async (status) => {
    const { response, errors } = await ask(answering(status, []));
    expect(response.status).toBe(500);
    expect(String(errors[0])).toContain('from 200 to 599');
  });

  test('to HEAD has the length of the body that it has not', async () => {
    const { response } = await ask(answering('200 OK', [], 'hello'), new Request(ORIGIN, { method: 'HEAD' }));
    expect(response.headers.get('content-length')).toBe('5');
    expect(response.body).toBeNull();
  });

  test('streams, each block when it is wanted, and is closed once', async () => {
    let made = 0;
    const application = countingCloses(async function* (_environ, startResponse) {
      startResponse('200 OK', []);
      for (; made < 4096; made++) yield BLOCK;
    });
    const { response } = await ask(application);
    await untilStill(() => made);
    expect(made).toBeLessThan(3);
    let length = 0;
    for await (const block of response.body!) {
      length += block.length;
      expect(made * BLOCK.length - length).toBeLessThan(4 * BLOCK.length);
    }
    expect(length).toBe(4096 * BLOCK.length);
    await nextTurn();
    expect(application.closes).toBe(1);
  });

  test('that fails before it begins is a 500', async () => {
    const { response, errors } = await ask(() => {
      throw new Error('boom');
    });
    expect(response.status).toBe(500);
    expect(String(errors[0])).toContain('boom');
  });

  test('that fails later breaks off', async () => {
    const { response } = await ask(async function* (_environ, startResponse) {
      startResponse('200 OK', []);
      yield bytes('begun');
      throw new Error('boom');
    });
    await expect(response.text()).rejects.toThrow('boom');
  });
});

describe('a client that leaves', () => {
  test.each(['cancels the body', 'aborts the request'])('and %s ends the application', async (how) => {
    const closed = new Gate();
    const never = new Promise<never>(() => {});
    const application = countingCloses((_environ, startResponse) => {
      startResponse('200 OK', []);
      const blocks = (async function* () {
        yield bytes('begun');
        await never;
      })();
      return Object.assign(blocks, { close: () => closed.open() });
    });
    const controller = new AbortController();
    const { response, errors } = await ask(application, new Request(ORIGIN, { signal: controller.signal }));
    const reader = response.body!.getReader();
    await reader.read();
    if (how === 'cancels the body') await reader.cancel();
    else controller.abort();
    await closed.opened;
    expect(application.closes).toBe(1);
    expect(errors).toEqual([]);
  });

  test('before there is a response is not waited for', async () => {
    const controller = new AbortController();
    const begun = new Gate();
    const asking = ask(
      async function* () {
        begun.open();
        await new Promise(() => {});
        yield bytes('');
      },
      new Request(ORIGIN, { signal: controller.signal }),
    );
    await begun.opened;
    controller.abort();
    const { response } = await asking;
    expect(response.status).toBe(499);
  });
});

test('waitUntil gets the promise of work that goes on, until it is closed', async () => {
  const events: string[] = [];
  const work: Promise<void>[] = [];
  const handler = toFetch(
    async (_environ, startResponse) => {
      startResponse('200 OK', []);
      return Object.assign([bytes('done')], {
        close: async () => {
          await nextTurn();
          events.push('closed');
        },
      });
    },
    { waitUntil: (promise) => work.push(promise) },
  );
  await (await handler(new Request(ORIGIN))).text();
  events.push('read');
  await Promise.all(work);
  expect(events).toEqual(['read', 'closed']);
});

describe('a site', () => {
  const view = (request: Request) => new Response(request.url);
  const site = () => createApplication([path('page/', view)], { ALLOWED_HOSTS: ['example.com'] });

  test('is mounted in Hono', async () => {
    const app = new Hono();
    app.get('/own', (c) => c.text('own'));
    app.mount('/site', toFetch(await site(), { scriptName: '/site' }), { replaceRequest: false });
    const answer = await app.request(`${ORIGIN}/site/page/`);
    expect(await answer.text()).toBe(`${ORIGIN}/site/page/`);
    const redirect = await app.request(`${ORIGIN}/site/page`);
    expect(redirect.headers.get('location')).toBe('/site/page/');
    expect(await (await app.request(`${ORIGIN}/own`)).text()).toBe('own');
  });

  test('is mounted in h3', async () => {
    const app = new H3();
    const handler = toFetch(await site(), { scriptName: '/site' });
    app.get('/own', () => 'own');
    app.all('/site/**', ({ req }) => handler(req));
    const answer = await app.request(`${ORIGIN}/site/page/`);
    expect(await answer.text()).toBe(`${ORIGIN}/site/page/`);
    expect(await (await app.request(`${ORIGIN}/own`)).text()).toBe('own');
  });
});
