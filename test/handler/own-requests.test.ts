import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type GetResponse, getWsgiApplication, type Middleware } from '../../src/handler/index.ts';
import { gotRequestException, requestFinished } from '../../src/handler/signals.ts';
import { path, reverse } from '../../src/handler/urls/index.ts';
import type { Environ } from '../../src/wsgi/types.ts';
import { ask } from './_client.ts';

const OPEN_AT_ONCE = 40;

/** How a middleware may put a Request of its own in the first one's place. */
const WAYS: Readonly<Record<string, (request: Request, getResponse: GetResponse) => Promise<Response>>> = {
  'at once': (request, getResponse) => getResponse(new Request(request)),
  'as a clone': (request, getResponse) => getResponse(request.clone()),
  'for its URL alone': (request, getResponse) => getResponse(new Request(request.url)),
  'after it has waited': async (request, getResponse) => {
    await turn();
    return getResponse(new Request(request));
  },
  'after it has waited for a callback': async (request, getResponse) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return getResponse(new Request(request));
  },
  'as a second try': async (request, getResponse) => {
    await getResponse(request);
    await turn();
    return getResponse(new Request(request));
  },
};

const replacing: Middleware = (getResponse) => (request) => {
  const way = WAYS[new URL(request.url).searchParams.get('way') ?? ''];
  return way === undefined ? getResponse(request) : way(request, getResponse);
};

// One object for all, since settings of their own make a second site, whose requests have a scope anyway.
const SETTINGS = {
  ALLOWED_HOSTS: ['testserver'],
  DEBUG: true,
  MIDDLEWARE: [replacing, replacing],
  ROOT_URLCONF: {
    urlpatterns: [
      path('', () => new Response(), { name: 'home' }),
      path('<int:number>/', async (_, { number }) => {
        await turn();
        return new Response(`${number} ${reverse('home')}`);
      }),
      path('broken/<int:number>/', async (_, { number }) => {
        await turn();
        throw new Error(`broken ${number}`);
      }),
    ],
  },
};

async function askMany(prefix: string, way: string, environ: (number: string) => Partial<Environ>) {
  // Nothing is known of its middleware yet.
  const application = await getWsgiApplication({ settings: SETTINGS });
  const url = (number: number) => `${prefix}${number}/?way=${encodeURIComponent(way)}`;
  const numbers = Array.from({ length: OPEN_AT_ONCE }, (_, number) => number);
  return Promise.all(
    numbers.map((number) => ask(application, url(number), { environ: environ(String(number)) })),
  );
}

describe.each(Object.keys(WAYS))('of many open requests that are passed on %s', (way) => {
  test('each has its own log, signals and debug page', async () => {
    const failed: string[] = [];
    const finished: unknown[] = [];
    const note = gotRequestException.connect(({ environ, error }) => {
      failed.push(`${environ.HTTP_X_NUMBER} ${(error as Error).message}`);
    });
    onTestFinished(() => void note());
    onTestFinished(requestFinished.connect(({ environ }) => void finished.push(environ.HTTP_X_NUMBER)));
    const answers = await askMany('/broken/', way, (number) => ({ HTTP_X_NUMBER: number }));
    for (const [number, { body, log }] of answers.entries()) {
      expect(log).toContain(`Error: broken ${number}\n`);
      expect(log).toContain(`Error 500 at /broken/${number}/\n`);
      expect(body).toContain(`HTTP_X_NUMBER: ${number}\n`);
      expect(failed).toContain(`${number} broken ${number}`);
      expect(finished).toContain(String(number));
    }
    expect(new Set(failed).size).toBe(OPEN_AT_ONCE);
  });

  test('each has its own mount point', async () => {
    const answers = await askMany('/', way, (number) => ({
      SCRIPT_NAME: number === '0' ? '' : `/mount${number}`,
    }));
    const mounts = answers.map((_, number) => (number === 0 ? '' : `/mount${number}`));
    expect(answers.map(({ body }) => body)).toEqual(mounts.map((mount, number) => `${number} ${mount}/`));
  });
});

test('a request that comes while another waits is not taken for it', async () => {
  const application = await getWsgiApplication({ settings: SETTINGS });
  const answers = await Promise.all([
    ask(application, '/broken/1/?way=after+it+has+waited', { environ: { HTTP_X_NUMBER: '1' } }),
    turn().then(() => ask(application, '/broken/2/?way=at+once', { environ: { HTTP_X_NUMBER: '2' } })),
  ]);
  expect(answers.map(({ log }) => /^Error: (.*)/m.exec(log)?.[1])).toEqual(['broken 1', 'broken 2']);
  expect(answers.map(({ body }) => /HTTP_X_NUMBER: (.*)/.exec(body)?.[1])).toEqual(['1', '2']);
});
