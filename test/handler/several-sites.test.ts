import http from 'node:http';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { settings } from '../../src/conf/index.ts';
import { getWsgiApplication, type Middleware, type WSGIApplication } from '../../src/handler/index.ts';
import { gotRequestException, requestFinished, requestStarted } from '../../src/handler/signals.ts';
import { path, reverse } from '../../src/handler/urls/index.ts';
import { serve } from '../../src/servers/index.ts';
import { useLoader } from '../conf/_modules.ts';
import { createSite } from '../loader/_site.ts';
import { ask, createApplication } from './_client.ts';

/** The setting by which these tests tell sites apart. */
const siteName = () => (settings as unknown as { SITE_NAME: string }).SITE_NAME;

/** Reads the site's name wherever code of a request can be: the streamed body says what each place saw. */
async function everywhere(): Promise<Response> {
  const seen = [siteName()];
  await turn();
  seen.push(siteName());
  await new Promise<void>((resolve) => setTimeout(() => resolve(void seen.push(siteName())), 1));
  await Promise.all([sleep(1), turn()]).then(() => seen.push(siteName()));
  let blocks = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await turn();
      seen.push(siteName());
      blocks += 1;
      controller.enqueue(new TextEncoder().encode('.'));
      if (blocks < 3) return;
      controller.enqueue(new TextEncoder().encode(seen.join()));
      controller.close();
    },
  });
  return new Response(body);
}

const tagged: Middleware = (getResponse) => async (request) => {
  const before = siteName();
  const response = await getResponse(request);
  response.headers.set('x-site', `${before},${siteName()}`);
  return response;
};

const createNamed = (name: string) =>
  createApplication([path('', everywhere)], {
    SITE_NAME: name,
    ALLOWED_HOSTS: [`${name}.test`],
    MIDDLEWARE: [tagged],
  });

/** Asks a server for a page of a host. */
function fetchFrom(port: number, host: string, agent: http.Agent): Promise<{ text: string; site: unknown }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', agent, headers: { host } }, async (response) => {
      let text = '';
      for await (const block of response.setEncoding('utf8')) text += block;
      resolve({ text, site: response.headers['x-site'] });
    });
    request.on('error', reject);
  });
}

test('1,000 mixed requests over HTTP never see the settings of the other site', async () => {
  const sites = new Map<string | undefined, WSGIApplication>([
    ['one.test', await createNamed('one')],
    ['two.test', await createNamed('two')],
  ]);
  const finished: string[] = [];
  onTestFinished(
    requestFinished.connect(async ({ environ }) => {
      await turn();
      finished.push(`${environ.HTTP_HOST} ${siteName()}`);
    }),
  );
  const server = await serve(
    (environ, startResponse) => sites.get(environ.HTTP_HOST)!(environ, startResponse),
    { port: 0 },
  );
  const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
  try {
    const names = Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 'two' : 'one'));
    const answers = await Promise.all(names.map((name) => fetchFrom(server.port, `${name}.test`, agent)));
    const expected = names.map((name) => ({
      text: `...${Array(7).fill(name).join()}`,
      site: `${name},${name}`,
    }));
    expect(answers).toEqual(expected);
  } finally {
    agent.destroy();
    await server.close();
  }
  expect(finished.length).toBe(1000);
  expect(new Set(finished)).toEqual(new Set(['one.test one', 'two.test two']));
});

describe('while sites load', () => {
  const files = Object.fromEntries(
    ['one', 'two'].flatMap((name) => [
      [
        `${name}/settings.ts`,
        `export const SITE_NAME = '${name}'\nexport const ROOT_URLCONF = '${name}.urls'`,
      ],
      [`${name}/urls.ts`, `import './views.ts'\nexport const urlpatterns = []`],
      [
        `${name}/views.ts`,
        `await new Promise((resolve) => setTimeout(resolve, 5))
         globalThis.seenWhileLoading('${name}')
         globalThis.timers.push(setTimeout(() => globalThis.seenWhileLoading('${name} later'), 5))`,
      ],
    ]),
  );

  test.each([
    ['one after the other', false],
    ['both at once', true],
  ])('each sees its own settings: %s', async (_, isConcurrent) => {
    useLoader(createSite(files).loader);
    const seen: Record<string, string> = {};
    const timers: NodeJS.Timeout[] = [];
    Object.assign(globalThis, {
      timers,
      seenWhileLoading: (name: string) => Object.assign(seen, { [name]: siteName() }),
    });
    onTestFinished(() => timers.forEach(clearTimeout));
    const load = (name: string) => getWsgiApplication({ settings: `${name}.settings` });
    if (isConcurrent) {
      await Promise.all([load('one'), load('two')]);
    } else {
      await load('one');
      await load('two');
    }
    expect(seen).toMatchObject({ one: 'one', two: 'two' });
    await expect.poll(() => seen).toEqual({ one: 'one', two: 'two', 'one later': 'one', 'two later': 'two' });
  });
});

test('a site that is asked in a request of another has its own settings, and gives them back', async () => {
  const inner = await createNamed('one');
  const view = async () => {
    const { body } = await ask(inner, '/', { environ: { HTTP_HOST: 'one.test' } });
    return new Response(`${body} in ${siteName()}`);
  };
  const outer = await createApplication([path('', view)], { SITE_NAME: 'two' });
  expect((await ask(outer, '/')).body).toBe('...one,one,one,one,one,one,one in two');
});

test('reverse() in a request takes the URLs of the site that answers', async () => {
  const where = (route: string) => [
    path(route, async () => new Response((await turn()) ?? reverse('here')), { name: 'here' }),
  ];
  const one = await createApplication(where('one/'));
  const two = await createApplication(where('two/'));
  const answers = await Promise.all([ask(one, '/one/'), ask(two, '/two/')]);
  expect(answers.map(({ body }) => body)).toEqual(['/one/', '/two/']);
});

describe('signals', () => {
  const broken = () => Promise.reject(new Error('broken'));

  test('tell which application sends them', async () => {
    const one = await createApplication([path('', broken)]);
    const two = await createApplication([path('', broken)]);
    const senders: unknown[] = [];
    for (const signal of [requestStarted, gotRequestException, requestFinished]) {
      onTestFinished(signal.connect(({ sender }) => void senders.push(sender)));
    }
    await ask(one, '/');
    await ask(two, '/');
    expect(senders).toEqual([one, one, one, two, two, two]);
  });

  test('of one application reach a receiver that connects for that application', async () => {
    const one = await createApplication([]);
    const two = await createApplication([]);
    const seen: unknown[] = [];
    onTestFinished(
      requestFinished.connect(({ environ }) => void seen.push(environ.PATH_INFO), { sender: one }),
    );
    await ask(one, '/one/');
    await ask(two, '/two/');
    expect(seen).toEqual(['/one/']);
  });

  test('are disconnected by sender, as they were connected', async () => {
    const one = await createApplication([]);
    const receiver = () => {};
    requestFinished.connect(receiver, { sender: one });
    expect(requestFinished.disconnect(receiver)).toBe(false);
    expect(requestFinished.disconnect(receiver, { sender: one })).toBe(true);
  });
});
