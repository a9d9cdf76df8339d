import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith, SENTRY } from './_real-parts.ts';
import { get, runserver } from './_runserver.ts';

interface Event {
  readonly exception: {
    readonly values: readonly {
      readonly type: string;
      readonly value: string;
      readonly stacktrace: {
        readonly frames: readonly { filename: string; lineno: number }[];
      };
    }[];
  };
  readonly request: object;
}

/** What Sentry's server is to the SDK: it takes envelopes, and keeps the events in them. */
async function startSentry() {
  const events: Event[] = [];
  const server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    // An envelope is lines of JSON: its own header, then for each item a header and a payload.
    const lines = text.split('\n').map((line) => JSON.parse(line || 'null'));
    lines.forEach((line, index) => {
      if (line?.type === 'event') events.push(lines[index + 1]);
    });
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { events, dsn: `http://key@127.0.0.1:${(server.address() as AddressInfo).port}/1` };
}

/** The module that the documentation shows. */
function recipe(): string {
  const text = readFileSync(new URL('../../docs/middleware.md', import.meta.url), 'utf8');
  return /```ts\n\/\/ mysite\/reporting\.ts\n(.*?)```/s.exec(text)![1]!;
}

const FILES = {
  'mysite/reporting.ts': recipe(),
  'mysite/urls.ts': `import * as Sentry from '@sentry/node';
import { path } from 'startproject/urls';

interface Article {
  title: string;
}

function articles(): Response {
  const article = undefined as unknown as Article;
  return new Response(article.title);
}

async function flush(): Promise<Response> {
  return new Response(String(await Sentry.flush(10_000)));
}

export const urlpatterns = [path('articles/', articles), path('flush/', flush)];
`,
  'mysite/wsgi.ts': `import { mount } from 'startproject/middleware';
import { requestFinished } from 'startproject/signals';
import { getWsgiApplication, type WSGIApplication } from 'startproject/wsgi';
import { reporting } from './reporting.ts';

const raw: WSGIApplication = function raw(environ, startResponse) {
  if (environ.PATH_INFO === '/call') throw new RangeError('in the call');
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return (async function* lines() {
    yield Buffer.from('begun');
    throw new RangeError('in the body');
  })();
};

requestFinished.connect(({ environ }) => console.error('finished', environ.PATH_INFO));
export const application = reporting(mount({ '/raw': raw }, await getWsgiApplication()));
`,
};

describeWith(SENTRY, (packages) => {
  test('errors of views, callables and bodies are reported once each, with their TypeScript and their request', async () => {
    const { events, dsn } = await startSentry();
    const site = await runserver(FILES, [], { SENTRY_DSN: dsn }, packages);
    const headers = { 'user-agent': 'tester' };

    expect(await get(`${site.url}articles/?page=2`, { headers })).toMatchObject({ status: 500 });
    await site.saw(/finished \/articles\//);
    expect(await get(`${site.url}raw/call`, { headers })).toMatchObject({ status: 500 });
    await expect(get(`${site.url}raw/body`, { headers })).rejects.toThrow();
    expect(await get(`${site.url}flush/`)).toMatchObject({ status: 200, body: 'true' });

    // Sentry sends them side by side: they may arrive in any order.
    events.sort((one, other) =>
      one.exception.values.at(-1)!.value.localeCompare(other.exception.values.at(-1)!.value),
    );
    const found = events.map(({ exception, request }) => {
      const { type, value, stacktrace } = exception.values.at(-1)!;
      const { filename, lineno } = stacktrace.frames.at(-1)!;
      const place = `${path.relative(site.root, filename)}:${lineno}`;
      return { type, value, place, request };
    });
    const requestOf = (url: string, query_string = '') => ({
      method: 'GET',
      url: `${site.url}${url}`,
      query_string,
      headers: { 'User-Agent': 'tester' },
    });
    expect(found).toEqual([
      {
        type: 'TypeError',
        value: "Cannot read properties of undefined (reading 'title')",
        place: 'mysite/urls.ts:10',
        request: requestOf('articles/', 'page=2'),
      },
      {
        type: 'RangeError',
        value: 'in the body',
        place: 'mysite/wsgi.ts:11',
        request: requestOf('raw/body'),
      },
      {
        type: 'RangeError',
        value: 'in the call',
        place: 'mysite/wsgi.ts:7',
        request: requestOf('raw/call'),
      },
    ]);
    await site.saw(/finished \/flush\//);
    expect(site.output.match(/finished \/\w+\//g)).toEqual(['finished /articles/', 'finished /flush/']);
    expect(site.output).not.toContain('close-swallowed');
  });
});
