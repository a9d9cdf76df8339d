import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AtEnd, Files } from '../_temp-folder.ts';
import { exchange } from '../servers/http/_http.ts';
import { describeWith } from './_real-parts.ts';
import { RUNTIMES, siteFolder } from './_runtimes.ts';

const SITE = {
  'settings.js': `
    import * as urls from './urls.js';
    export const SECRET_KEY = 'secret';
    export const DEBUG = true;
    export const ALLOWED_HOSTS = ['*'];
    export const ROOT_URLCONF = urls;
    export const MIDDLEWARE = [(getResponse) => async (request) => {
      return getResponse(request.headers.has('x-own') ? new Request(request) : request);
    }];
    export const GREETING = 'hello';`,
  'urls.js': `
    import { settings } from 'startproject/conf';
    import { Response as Light } from 'startproject/http';
    import { path, reverse } from 'startproject/urls';
    const article = async (request, { id }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const headers = { 'content-type': 'text/html; charset=utf-8' };
      return new Response(settings.GREETING + ' ' + id, { headers });
    };
    let kept;
    const slow = () => new Promise((resolve) => setTimeout(resolve, 1));
    const waiting = { aborted: 0 };
    const wait = async ({ signal }) => {
      signal.addEventListener('abort', () => { waiting.aborted += 1; });
      return new Light(new ReadableStream({
        pull: async (controller) => { await slow(); controller.enqueue(new TextEncoder().encode('.')); },
      }, { highWaterMark: 0 }));
    };
    const encoded = () => {
      const blocks = new Blob(['encoded']).stream().pipeThrough(new CompressionStream('gzip'));
      return new Light(blocks, { headers: { 'content-encoding': 'gzip' } });
    };
    export const urlpatterns = [
      path('articles/<int:id>/', article, { name: 'article' }),
      path('light/', async () => { await slow(); return new Light('light', { headers: { connection: 'close' } }); }),
      path('kept/', () => kept ??= new Response('kept')),
      path('read/', () => { const light = new Light('read'); void light.body; return light; }),
      path('generated/', () => new Light((async function* () { yield new TextEncoder().encode('gen'); await slow(); yield new TextEncoder().encode('erated'); })())),
      path('encoded/', encoded),
      path('mislabelled/', () => new Response('plain', { headers: { 'content-encoding': 'gzip' } })),
      path('wait/', wait),
      path('aborted/', () => Light.json(waiting)),
      path('form/', async (request) => Response.json(await request.json())),
      path('boom/', () => { throw new Error('boom'); }),
    ];`,
  'raw.js': `
    export const counts = { opened: 0, closed: 0 };
    const encoder = new TextEncoder();
    const block = new Uint8Array(65536).fill(120);
    async function* blocks(count) {
      for (let i = 0; i < count; i++) yield block;
    }
    async function* forever() {
      for (;;) {
        yield block;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    const answers = {
      '/raw/environ': (environ) => {
        const { 'wsgi.input': input, 'wsgi.errors': errors, 'wsgi.file_wrapper': wrapper, ...rest } = environ;
        return [encoder.encode(JSON.stringify(rest))];
      },
      '/raw/counts': () => [encoder.encode(JSON.stringify(counts))],
      '/raw/length': async (environ) => {
        let length = 0;
        for await (const part of environ['wsgi.input']) length += part.length;
        return [encoder.encode(String(length))];
      },
      '/raw/bare': () => [encoder.encode('bare')],
      '/raw/stream': () => blocks(128),
      '/raw/forever': () => forever(),
    };
    export async function raw(environ, startResponse) {
      const { PATH_INFO: path } = environ;
      const body = await answers[path](environ);
      if (path === '/raw/bare') {
        startResponse('200 Fine', []);
        return body;
      }
      startResponse('200 Fine', [['Content-Type', 'text/plain'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']]);
      if (path === '/raw/counts' || path === '/raw/environ') return body;
      counts.opened += 1;
      return Object.assign(body, { close: () => { counts.closed += 1; } });
    }`,
  'site.js': `
    import { toFetch } from 'startproject/adapters/fetch';
    import { requestFinished } from 'startproject/signals';
    import { getWsgiApplication } from 'startproject/wsgi';
    import { counts, raw } from './raw.js';
    import * as settings from './settings.js';
    counts.finished = 0;
    requestFinished.connect(() => { counts.finished += 1; });
    let site;
    const application = async (environ, startResponse) => {
      if (environ.PATH_INFO.startsWith('/raw/')) return raw(environ, startResponse);
      site ??= await getWsgiApplication({ settings });
      return site(environ, startResponse);
    };
    const waitUntil = (work, request, env, context) => context?.waitUntil?.(work);
    export const handler = toFetch(application, { waitUntil });`,
};

/** The default application alone. */
const SITE_ALONE = `
  import { toFetch } from 'startproject/adapters/fetch';
  import { getWsgiApplication } from 'startproject/wsgi';
  import * as settings from './settings.js';
  export const handler = toFetch(await getWsgiApplication({ settings }));`;

interface Counts {
  readonly opened: number;
  readonly closed: number;
  readonly finished: number;
}

async function countsOf(url: string): Promise<Counts> {
  return (await (await fetch(`${url}/raw/counts`)).json()) as Counts;
}

/** Asks again and again until the counts are as they should be. */
async function untilCounts(url: string, passes: (counts: Counts) => boolean): Promise<Counts> {
  for (;;) {
    const counts = await countsOf(url);
    if (passes(counts)) return counts;
  }
}

describe.each(RUNTIMES)('$name', ({ part, serve, hasNodeModules }) => {
  describeWith(part, (program) => {
    /** Started once, since a runtime takes up to a second to start. */
    const sharedServer = (files: Files) => {
      const ends: Parameters<AtEnd>[0][] = [];
      const atEnd: AtEnd = (end) => ends.unshift(end);
      let serving: ReturnType<typeof serve> | undefined;
      afterAll(async () => {
        for (const end of ends) await end();
      });
      return () => (serving ??= serve(program, siteFolder(files, atEnd), atEnd));
    };
    const serveSite = sharedServer(SITE);
    const serveAlone = sharedServer({ ...SITE, 'site.js': SITE_ALONE });
    /** For tests that count what the server has done. */
    const serveNewSite = () => serve(program, siteFolder(SITE));

    test('answers by a view, with its settings', async () => {
      const { url } = await serveSite();
      const answer = await fetch(`${url}/articles/12/`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await answer.text()).toBe('hello 12');
    });

    test('answers by the Response of startproject/http, of a text and of a generator', async () => {
      const { url } = await serveSite();
      expect(await (await fetch(`${url}/light/`)).text()).toBe('light');
      expect(await (await fetch(`${url}/generated/`)).text()).toBe('generated');
    });

    test('passes a body of a site without signal receivers to the runtime', async () => {
      const { url } = await serveAlone();
      const ask = async (name: string) => {
        const answer = await fetch(`${url}/${name}/`);
        return [answer.status, answer.headers.get('content-type'), await answer.text()];
      };
      expect(await ask('articles/12')).toEqual([200, 'text/html; charset=utf-8', 'hello 12']);
      expect(await ask('kept')).toEqual([200, expect.stringMatching(/^text\/plain;/), 'kept']);
      expect(await ask('kept')).toEqual([500, expect.any(String), expect.stringContaining('sent or read')]);
      expect(await ask('light')).toEqual([200, expect.stringMatching(/^text\/plain;/), 'light']);
      expect((await ask('generated')).at(-1)).toBe('generated');
      expect(await ask('read')).toEqual([200, expect.stringMatching(/^text\/plain;/), 'read']);
    });

    test('sends an encoded body unchanged, and adds no encoding to others', async () => {
      const { url } = await serveSite();
      const encoded = await fetch(`${url}/encoded/`);
      expect(encoded.headers.get('content-encoding')).toBe('gzip');
      expect(await encoded.text()).toBe('encoded');
      expect(await (await fetch(`${url}/mislabelled/`)).text()).toBe('plain');
    });

    test('aborts the signal of a request whose client has disconnected, and accesses no signal before that', async () => {
      const { url, program: running } = await serveNewSite();
      expect(await (await fetch(`${url}/light/`)).text()).toBe('light');
      expect(await (await fetch(`${url}/form/`, { method: 'POST', body: '1' })).json()).toBe(1);
      expect(running.output).not.toContain('request.signal');
      const controller = new AbortController();
      const { body } = await fetch(`${url}/wait/`, { signal: controller.signal });
      await body!.getReader().read();
      controller.abort();
      for (;;) {
        const { aborted } = (await (await fetch(`${url}/aborted/`)).json()) as { aborted: number };
        if (aborted === 1) break;
      }
    });

    test('runs middleware that passes on its own Request', async () => {
      const { url } = await serveSite();
      const answer = await fetch(`${url}/articles/12/`, { headers: { 'x-own': 'yes' } });
      expect(await answer.text()).toBe('hello 12');
    });

    test('adds no Content-Type to a response that has none', async () => {
      const { url } = await serveSite();
      const answer = await fetch(`${url}/raw/bare`);
      expect(answer.headers.get('content-type')).toBeNull();
      expect(answer.headers.get('content-length')).toBe('4');
      expect(await answer.text()).toBe('bare');
    });

    test('redirects to a slash, parses a form, and reports errors', async () => {
      const { url } = await serveSite();
      expect((await fetch(`${url}/articles/12`)).url).toBe(`${url}/articles/12/`);
      const form = await fetch(`${url}/form/`, { method: 'POST', body: '{"name":"Ünal"}' });
      expect(await form.json()).toEqual({ name: 'Ünal' });
      expect((await fetch(`${url}/nowhere/`)).status).toBe(404);
      const failed = await fetch(`${url}/boom/`, { headers: { accept: 'text/html' } });
      expect(failed.status).toBe(500);
      expect(failed.headers.get('content-type')).toMatch(hasNodeModules ? /^text\/html/ : /^text\/plain/);
      expect(await failed.text()).toContain('boom');
    });

    test('answers the next request of a connection after a body that was read up to its length', async () => {
      const { url } = await serveSite();
      const body = JSON.stringify('x'.repeat(300_000));
      const head = 'HTTP/1.1\r\nHost: 127.0.0.1\r\n';
      const port = Number(new URL(url).port);
      const upload = `POST /form/ ${head}Content-Length: ${body.length}\r\n\r\n${body}`;
      const answers = await exchange(port, `${upload}GET /light/ ${head}Connection: close\r\n\r\n`);
      expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
      expect(answers).toMatch(/light$|light\r\n0\r\n\r\n$/);
    });

    test.each(['a:x', 'a:99999', '[::1', '::1', 'a b', 'u@a', ':80'])('refuses the host %s', async (host) => {
      for (const { url } of [await serveSite(), await serveAlone()]) {
        const request = `GET /articles/12/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        expect(await exchange(Number(new URL(url).port), request)).toMatch(/^HTTP\/1\.1 400 /);
      }
    });

    test('has the same environ as the other runtimes', async () => {
      const { url } = await serveSite();
      const { port } = new URL(url);
      const answer = await fetch(`${url}/raw/environ?q=%20&r`, { headers: { 'x-asked': 'yes' } });
      expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(await answer.json()).toMatchObject({
        REQUEST_METHOD: 'GET',
        SCRIPT_NAME: '',
        PATH_INFO: '/raw/environ',
        QUERY_STRING: 'q=%20&r',
        SERVER_NAME: '127.0.0.1',
        SERVER_PORT: port,
        HTTP_HOST: `127.0.0.1:${port}`,
        HTTP_X_ASKED: 'yes',
        'wsgi.url_scheme': 'http',
        'wsgi.input_terminated': true,
      });
    });

    test.each(['with its length', 'chunked'])('reads an upload, sent %s', async (how) => {
      const { url } = await serveSite();
      const body = new Blob([new Uint8Array(3_000_000)]);
      const init = how === 'chunked' ? { body: body.stream(), duplex: 'half' as const } : { body };
      const answer = await fetch(`${url}/raw/length`, { method: 'POST', ...init });
      expect(await answer.text()).toBe('3000000');
    });

    test('streams, closes once, and sends requestFinished', async () => {
      const { url } = await serveNewSite();
      expect((await (await fetch(`${url}/raw/stream`)).arrayBuffer()).byteLength).toBe(128 * 65_536);
      await (await fetch(`${url}/articles/1/`)).text();
      const counts = await untilCounts(url, ({ closed, finished }) => closed > 0 && finished > 0);
      expect(counts).toEqual({ opened: 1, closed: 1, finished: 1 });
    });

    test('answers HEAD without a body', async () => {
      const { url } = await serveSite();
      const answer = await fetch(`${url}/articles/12/`, { method: 'HEAD' });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('');
    });

    test('ends the response of a client that has disconnected', async () => {
      const { url } = await serveNewSite();
      const controller = new AbortController();
      const { body } = await fetch(`${url}/raw/forever`, { signal: controller.signal });
      const reader = body!.getReader();
      await reader.read();
      controller.abort();
      const counts = await untilCounts(url, ({ closed }) => closed > 0);
      expect(counts).toMatchObject({ opened: 1, closed: 1 });
    });
  });
});

test('a bundle for the edge imports no module of Node', () => {
  const edge = path.join(import.meta.dirname, '../../dist/edge');
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import)\s*\(?\s*"([^"\s)]+)"/g,
    )) {
      expect(specifier).toMatch(/^\.\.?\//);
      visit(path.resolve(path.dirname(file), specifier!));
    }
  };
  for (const entry of ['wsgi', 'http', 'conf', 'urls', 'signals', 'middleware', 'validate', 'adapters/fetch'])
    visit(path.join(edge, `${entry}.js`));
  expect(seen.size).toBeGreaterThan(10);
});
