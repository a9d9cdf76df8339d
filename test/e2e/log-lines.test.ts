import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { get, type RunningSite, runserver } from './_runserver.ts';

const FILES = {
  'mysite/urls.ts': `
import { path } from 'startproject/urls';

let finish = () => {};
const encode = (text: string) => new TextEncoder().encode(text);

export const urlpatterns = [
  path('', () => new Response('home')),
  path('boom/', () => {
    throw new TypeError('no \\u001b[2J', { cause: new Error('why') });
  }),
  path('stream/', () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(encode('begun'));
        finish = () => controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/plain' } });
  }),
  path('finish/', () => {
    finish();
    return new Response('ok');
  }),
  path('wait/', (request) =>
    new Promise<Response>((resolve) => {
      request.signal.addEventListener('abort', () => resolve(new Response('late')));
    }),
  ),
];
`,
};

/** Sends a request, and waits until its bytes are on their way. */
async function begin(site: RunningSite, path: string): Promise<net.Socket> {
  const socket = net.connect(Number(new URL(site.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  return socket;
}

test('a streamed response is logged at its end, with all its bytes', async () => {
  const site = await runserver(FILES);
  const stream = await begin(site, '/stream/');
  await once(stream, 'data');
  await get(new URL('/', site.url));
  await site.saw(/"GET \/ HTTP\/1\.1" 200 4 in /);
  expect(site.output).not.toContain('/stream/');
  await get(new URL('/finish/', site.url));
  await site.saw(/"GET \/stream\/ HTTP\/1\.1" 200 5 in /);
});

test('a client that disconnects, before or during a response, gives one log line', async () => {
  const site = await runserver(FILES);
  const stream = await begin(site, '/stream/');
  await once(stream, 'data');
  stream.destroy();
  await site.saw(/"GET \/stream\/ HTTP\/1\.1" 200 5 in .*, disconnected\n/);
  const waiting = await begin(site, '/wait/');
  await get(new URL('/', site.url)); // by then the first has reached its view
  waiting.destroy();
  await site.saw(/"GET \/wait\/ HTTP\/1\.1" - 0 in .*, disconnected\n/);
  expect(site.output).not.toMatch(/Error|aborted/);
});

test.each([[[]], [['--noreload']], [['--log-format', 'json']]])(
  'an interrupt directly after many requests loses no log line and keeps their order, with %j',
  async (flags) => {
    const ready = flags.includes('json') ? { ready: /"url":"([^"]+)"/ } : {};
    const site = await runserver(FILES, flags, undefined, undefined, ready);
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    for (const n of numbers) await get(new URL(`/?n=${n}`, site.url));
    site.process.kill('SIGINT');
    await site.exit;
    expect(Array.from(site.output.matchAll(/\/\?n=(\d+)/g), ([, n]) => Number(n))).toEqual(numbers);
  },
);

test.each([[[]], [['--noreload']]])(
  '--log-format json %j prints one JSON object per line, with the error of a request in its object',
  async (flags) => {
    // What the checks say comes when it is ready, between any two requests.
    const args = [...flags, '--skip-checks', '--log-format', 'json'];
    const site = await runserver(FILES, args, undefined, undefined, { ready: /"url":"([^"]+)"/ });
    await get(new URL('/?x=1', site.url));
    await get(new URL('/boom/', site.url));
    await site.saw(/"path":"\/boom\/".*\n/);
    const lines = site.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { event: 'listening', settings: 'mysite.settings' },
      { method: 'GET', path: '/?x=1', status: 200, bytes: 4, durationMs: expect.any(Number) },
      {
        path: '/boom/',
        status: 500,
        error: expect.stringMatching(/TypeError: no.*\n(?:.*\n)*Caused by: Error: why/),
      },
    ]);
    expect(lines[1].error).toBeUndefined();
  },
);
