import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { fromFetch, toFetch } from '../../../src/adapters/fetch/index.ts';
import { toNodeHandler } from '../../../src/adapters/node/index.ts';
import { Response as Light } from '../../../src/handler/http/index.ts';
import { getWsgiApplication, type Middleware, type WSGIApplication } from '../../../src/handler/index.ts';
import { rePath } from '../../../src/handler/urls/index.ts';
import { validator } from '../../../src/wsgi/validate/index.ts';
import { bodyOf, exchange, headersOf, startServer } from '../../servers/http/_http.ts';
import { listen } from '../_listen.ts';

type Class = typeof Response;
type PassOn = (request: Request) => Promise<Response>;

const TEXT = 'Grüße, '.repeat(1000);
const SMALL = 'ok';

const CODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
};

/** The server whose answers are passed on. The path says what it answers. */
function upstream(request: IncomingMessage, response: ServerResponse): void {
  const [, kind = '', coding = ''] = request.url!.split('/');
  const send = (status: number, headers: Record<string, string | string[]>, body?: string | Buffer) =>
    response.writeHead(status, headers).end(body);
  const answers: Record<string, () => unknown> = {
    plain: () => send(200, { 'Content-Type': 'text/plain', 'Content-Length': '4' }, 'text'),
    encoded: () => {
      const body = CODINGS[coding]!(TEXT);
      send(200, { 'Content-Encoding': coding, 'Content-Length': String(body.length) }, body);
    },
    small: () => send(200, { 'Content-Encoding': coding }, CODINGS[coding]!(SMALL)),
    connection: () =>
      send(200, {
        Connection: 'close, X-Hop',
        'X-Hop': '1',
        'Keep-Alive': 'timeout=7',
        'Proxy-Authenticate': 'x',
        Upgrade: 'h2c',
        'X-End': '2',
      }),
    chunked: () => {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.write('one ');
      response.end('two');
    },
    cookies: () => send(200, { 'Set-Cookie': ['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2'] }, 'set'),
    204: () => send(204, { 'Content-Type': 'text/html', 'X-End': '2' }),
    304: () => send(304, { ETag: '"1"', 'Content-Type': 'text/html' }),
    302: () => send(302, { Location: '/plain', 'Content-Type': 'text/plain' }, 'moved'),
    404: () => send(404, { 'Content-Type': 'text/plain' }, 'none'),
  };
  answers[kind]!();
}

let origin: string;

beforeEach(async () => {
  ({ url: origin } = await listen(upstream));
});

const ask = (request: Request) => {
  const { pathname } = new URL(request.url);
  return fetch(origin + pathname, { method: request.method, redirect: 'manual' });
};

const rebuild =
  (R: Class): PassOn =>
  async (request) => {
    const answer = await ask(request);
    return new R(answer.body, answer);
  };

const rebuildByParts =
  (R: Class): PassOn =>
  async (request) => {
    const { body, status, headers } = await ask(request);
    return new R(body, { status, headers: new Headers(headers) });
  };

const WAYS: readonly (readonly [string, PassOn])[] = [
  ['as it is', ask],
  ['rebuilt', rebuild(Response)],
  ['rebuilt by the Response of startproject/http', rebuild(Light)],
  ['rebuilt of its parts', rebuildByParts(Response)],
  ['rebuilt of its parts by the Response of startproject/http', rebuildByParts(Light)],
];

const site = (passOn: PassOn): Promise<WSGIApplication> =>
  getWsgiApplication({
    settings: {
      ROOT_URLCONF: { urlpatterns: [rePath(/.*/, passOn)] },
      ALLOWED_HOSTS: ['127.0.0.1'],
      APPEND_SLASH: false,
    },
  });

const SERVERS: readonly (readonly [string, (passOn: PassOn) => Promise<{ port: number }>])[] = [
  ['from a view', async (passOn) => startServer(validated(await site(passOn)))],
  ['by fromFetch()', async (passOn) => startServer(validated(fromFetch(passOn)))],
  ['from a view, in toNodeHandler()', async (passOn) => listen(toNodeHandler(validated(await site(passOn))))],
  [
    'from a view, in toFetch()',
    async (passOn) => startServer(fromFetch(toFetch(validated(await site(passOn))))),
  ],
];

const complaints: string[] = [];

function validated(application: WSGIApplication): WSGIApplication {
  return validator(application, { report: ({ message }) => void complaints.push(message) });
}

describe.each(WAYS)('a fetched response %s', (_, passOn) => {
  describe.each(SERVERS)('%s', (_, serve) => {
    /** What a client gets, in bytes. */
    async function get(path: string, method = 'GET') {
      complaints.length = 0;
      const server = await serve(passOn);
      const request = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
      const raw = await exchange(server.port, request);
      expect(complaints).toEqual([]);
      const headers = headersOf(raw).map((line) => line.toLowerCase());
      const has = (name: string) => headers.some((line) => line.startsWith(`${name}:`));
      return { status: Number(raw.slice(9, 12)), headers, has, raw };
    }

    /** What `fetch()` makes of it, which fails for a false length or coding. */
    async function fetched(path: string) {
      const server = await serve(passOn);
      return fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual' });
    }

    test('has its status, its type and its length', async () => {
      const { status, headers, raw } = await get('/plain');
      expect(status).toBe(200);
      expect(headers).toContain('content-type: text/plain');
      expect(headers.filter((line) => line.startsWith('content-length'))).toEqual(['content-length: 4']);
      expect(bodyOf(raw)).toBe('text');
    });

    test.each(Object.keys(CODINGS))('that came as %s says what is true of its bytes', async (coding) => {
      for (const [kind, text] of [
        ['encoded', TEXT],
        ['small', SMALL],
      ] as const) {
        const answer = await fetched(`/${kind}/${coding}`);
        expect(answer.headers.get('content-encoding')).toBe(null);
        expect(digest(await answer.text())).toBe(digest(text));
      }
    });

    test('leaves the headers of its connection out, those that Connection names too', async () => {
      const { status, headers, has } = await get('/connection');
      expect(status).toBe(200);
      expect(headers).toContain('x-end: 2');
      expect(headers.filter((line) => line.startsWith('connection'))).toEqual(['connection: close']);
      for (const name of ['x-hop', 'keep-alive', 'proxy-authenticate', 'upgrade'])
        expect(has(name)).toBe(false);
    });

    test('may be chunked', async () => {
      expect(await (await fetched('/chunked')).text()).toBe('one two');
    });

    test('keeps each of its cookies', async () => {
      expect((await fetched('/cookies')).headers.getSetCookie()).toEqual([
        'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
        'b=2',
      ]);
    });

    test.each([204, 304, 302, 404])('may have the status %d', async (status) => {
      const answer = await get(`/${status}`);
      expect(answer.status).toBe(status);
      if (status === 204) expect(answer.has('content-length')).toBe(false);
      if (status === 304) expect(answer.headers).toContain('etag: "1"');
      if (status === 302) expect(answer.headers).toContain('location: /plain');
    });

    test.each(['/plain', '/encoded/gzip', '/chunked'])('of HEAD %s has no body', async (path) => {
      const { status, raw, has } = await get(path, 'HEAD');
      expect(status).toBe(200);
      expect(bodyOf(raw)).toBe('');
      if (path === '/plain') expect(has('content-length')).toBe(true);
    });
  });
});

test('HEAD of a response that fetch() would decode has neither Content-Encoding nor Content-Length', async () => {
  const server = await startServer(await site(ask));
  const answer = await fetch(`http://127.0.0.1:${server.port}/encoded/gzip`, { method: 'HEAD' });
  expect(answer.headers.has('content-encoding')).toBe(false);
  expect(answer.headers.has('content-length')).toBe(false);
});

test.each(Object.entries(CODINGS))(
  'a body that the site has encoded as %s keeps its coding and its length',
  async (coding, encode) => {
    const body = encode(TEXT);
    const headers = { 'content-encoding': coding, 'content-length': String(body.length) };
    const server = await startServer(await site(async () => new Response(new Uint8Array(body), { headers })));
    const raw = await exchange(server.port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    expect(headersOf(raw)).toEqual(
      expect.arrayContaining([`content-encoding: ${coding}`, `content-length: ${body.length}`]),
    );
    expect(Buffer.from(bodyOf(raw), 'latin1').equals(body)).toBe(true);
  },
);

test.each<[string, () => Response | Promise<Response>]>([
  ['what fetch() gave', () => fetch(`${origin}/plain`)],
  ['a redirect', () => Response.redirect('http://127.0.0.1/', 303)],
  ['a redirect of startproject/http', () => Light.redirect('http://127.0.0.1/', 303)],
])('middleware can set headers of %s', async (_, view) => {
  const naming: Middleware = (getResponse) => async (request) => {
    const response = await getResponse(request);
    response.headers.set('x-named', 'yes');
    return response;
  };
  const settings = { ROOT_URLCONF: { urlpatterns: [rePath(/.*/, view)] }, ALLOWED_HOSTS: ['127.0.0.1'] };
  const application = await getWsgiApplication({ settings: { ...settings, MIDDLEWARE: [naming] } });
  const { url } = await startServer(application);
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.headers.get('x-named')).toBe('yes');
  expect(answer.status).toBe((await view()).status);
});

test('a stream that the site encodes keeps its coding', async () => {
  const view = async () => {
    const blocks = new Blob([TEXT]).stream().pipeThrough(new CompressionStream('gzip'));
    return new Response(blocks, { headers: { 'content-encoding': 'gzip' } });
  };
  const server = await startServer(await site(view));
  const answer = await fetch(`http://127.0.0.1:${server.port}/`);
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(await answer.text()).toBe(TEXT);
});

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
