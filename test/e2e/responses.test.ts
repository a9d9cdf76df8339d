import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Program } from './_program.ts';
import { get, runserver } from './_runserver.ts';
import { siteFolder } from './_runtimes.ts';

const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const H3 = path.join(PACKAGES, 'h3/dist/_entries/node.mjs');

/** Views whose responses and bodies come from elsewhere. */
const URLS = `
  import { createReadStream } from 'node:fs';
  import { PassThrough } from 'node:stream';
  import { createServer } from 'node:http';
  import { gzipSync } from 'node:zlib';
  import { H3 } from '${H3}';
  import { Response as Light } from 'startproject/http';
  import { path } from 'startproject/urls';

  const headers = { 'content-type': 'text/plain' };
  const note = (text) => process.stderr.write('noted ' + text + '\\n');
  const origin = createServer((request, response) => {
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip', connection: 'close, x-hop', 'x-hop': '1' });
    response.end(gzipSync('fetched'));
  }).listen(0, '127.0.0.1');
  origin.unref();
  const fetchIt = () => fetch('http://127.0.0.1:' + origin.address().port + '/');
  const h3 = new H3();
  h3.get('/h3/', () => ({ made: 'by h3' }));

  async function* generate() {
    yield new TextEncoder().encode('begun');
    await new Promise((resolve) => setImmediate(resolve));
  }
  function pass() {
    const stream = new PassThrough();
    stream.on('close', () => note('the stream is closed'));
    stream.write('begun');
    return new Light(stream, { headers });
  }
  async function wait({ signal }) {
    signal.addEventListener('abort', () => note('aborted by ' + signal.reason.name));
    note('waiting');
    await new Promise(() => {});
  }

  export const urlpatterns = [
    path('', () => new Light('alive')),
    path('h3/', (request) => h3.fetch(request)),
    path('fetched/', fetchIt),
    path('rebuilt/', async () => { const got = await fetchIt(); return new Response(got.body, got); }),
    path('file/', () => new Response(createReadStream(process.execPath), { headers })),
    path('generated/', () => new Response(generate(), { headers })),
    path('pass/', pass),
    path('wait/', wait),
  ];
`;

/** Serves the site as a program that calls `startproject/server` does. */
async function serveFromCode(): Promise<Served> {
  const folder = siteFolder({
    'urls.mjs': URLS,
    'serve.mjs': `
      import { getWsgiApplication } from 'startproject/wsgi';
      import { createHttpServer } from 'startproject/server';
      import * as urls from './urls.mjs';
      const settings = { ROOT_URLCONF: urls, ALLOWED_HOSTS: ['127.0.0.1'] };
      const server = createHttpServer(await getWsgiApplication({ settings }));
      const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
      console.log('serves http://127.0.0.1:' + port + '/');`,
  });
  const program = new Program(process.execPath, ['serve.mjs'], folder);
  const [, url] = await program.saw(/serves (\S+)/);
  return { url: url!, saw: (pattern) => program.saw(pattern) };
}

interface Served {
  readonly url: string;
  saw(pattern: RegExp): Promise<unknown>;
}

/** Begins a request, and leaves it by a reset when `until` has come. */
function leave(
  url: string,
  until: (response: http.IncomingMessage) => Promise<unknown> | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false }, async (response) => {
      await until(response);
      request.socket!.resetAndDestroy();
      resolve();
    });
    request.on('error', () => {}); // it is reset
    onTestFinished(() => void request.destroy());
  });
}

const firstBlock = (response: http.IncomingMessage) =>
  response
    .once('error', () => {})
    .iterator()
    .next();

describe.each<[string, () => Promise<Served>]>([
  ['runserver', () => runserver({ 'mysite/urls.ts': URLS })],
  ['runserver --noreload', () => runserver({ 'mysite/urls.ts': URLS }, ['--noreload'])],
  ['startproject/server', serveFromCode],
])('under %s', (_, serve) => {
  test("responses that were not created by the site's Response are sent", async () => {
    const { url } = await serve();
    expect(await get(`${url}h3/`)).toMatchObject({ status: 200, body: '{"made":"by h3"}' });
    for (const name of ['fetched', 'rebuilt']) {
      const { status, headers, body } = await get(`${url}${name}/`);
      expect({ status, body }).toEqual({ status: 200, body: 'fetched' });
      expect(headers).not.toHaveProperty('content-encoding');
      expect(headers).not.toHaveProperty('x-hop');
    }
  });

  test('HEAD of a stream, and clients that disconnect during a stream, end only that stream', async () => {
    const site = await serve();
    for (const name of ['file', 'generated', 'pass']) {
      expect((await get(`${site.url}${name}/`, { method: 'HEAD' })).status).toBe(200);
      await leave(`${site.url}${name}/`, firstBlock);
    }
    await site.saw(/(?:noted the stream is closed[\s\S]*){2}/);
    expect((await get(site.url)).body).toBe('alive');
  });

  test('a view is notified when its client has disconnected', async () => {
    const site = await serve();
    const request = http.get(`${site.url}wait/`, { agent: false }).on('error', () => {}); // it is reset
    await site.saw(/noted waiting/);
    request.socket!.resetAndDestroy();
    await site.saw(/noted aborted by AbortError/);
    expect((await get(site.url)).body).toBe('alive');
  });
});

test("the site's first load may use our Response as the global one", async () => {
  const urls = `
    import { Response as Light } from 'startproject/http';
    import { path } from 'startproject/urls';
    globalThis.Response = Light;
    export const urlpatterns = [path('', () => Response.json({ is: new Light('x') instanceof Response }))];
  `;
  const { url } = await runserver({ 'mysite/urls.ts': urls });
  expect(await get(url)).toMatchObject({ status: 200, body: '{"is":true}' });
});
