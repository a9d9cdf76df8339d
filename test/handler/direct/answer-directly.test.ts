import { expect, onTestFinished, test } from 'vitest';
import { toFetch } from '../../../src/adapters/fetch/index.ts';
import { Response as LightResponse } from '../../../src/handler/http/index.ts';
import { requestFinished } from '../../../src/handler/signals.ts';
import { path, reverse } from '../../../src/handler/urls/index.ts';
import type { Environ } from '../../../src/wsgi/types.ts';
import { createApplication } from '../_client.ts';

const native = new Response('native');
const seen: Request[] = [];
const log: string[] = [];

const urlpatterns = [
  path('light/', (request) => {
    seen.push(request);
    return new LightResponse('grün', { headers: { 'content-type': 'text/plain', connection: 'close' } });
  }),
  path('native/', () => native),
  path('empty/', () => new LightResponse(null, { status: 204 })),
  path('bytes/', () => new LightResponse(new Uint8Array([1, 2, 3]))),
  path('coded/', () => new Response('no gzip', { headers: { 'content-encoding': 'gzip' } })),
  path('stream/', async () => {
    await null;
    return new LightResponse(blocks());
  }),
  path('broken/', async () => {
    throw new Error('broken');
  }),
  path('nothing/', () => undefined as unknown as Response),
  path('aborted/', (request) => new LightResponse(String(request.signal.aborted)), { name: 'aborted' }),
  path('link/', () => new LightResponse(reverse('aborted'))),
];

async function* blocks() {
  yield new TextEncoder().encode('a');
  yield new TextEncoder().encode('b');
}

const errors = { write: (text: string) => void log.push(text), writelines() {}, flush() {} };
const ask = async (name: string, init: RequestInit = {}, host = 'testserver') => {
  const handler = toFetch(await createApplication(urlpatterns), { errors });
  return handler(new Request(`http://${host}/${name}`, init));
};

test('the view gets the request of the runtime, and the runtime the response of the view', async () => {
  const handler = toFetch(await createApplication(urlpatterns), { errors });
  const request = new Request('http://testserver/light/');
  expect(await (await handler(request)).text()).toBe('grün');
  expect(seen.at(-1)).toBe(request);
  expect(await handler(new Request('http://testserver/native/'))).toBe(native);
});

test('headers of the connection are the server’s', async () => {
  expect([...(await ask('light/')).headers]).toEqual([['content-type', 'text/plain']]);
  expect((await ask('coded/')).headers.has('content-encoding')).toBe(false);
});

test.each([
  ['empty/', 204, ''],
  ['bytes/', 200, '\x01\x02\x03'],
  ['stream/', 200, 'ab'],
  ['link/', 200, '/aborted/'],
  ['aborted/', 200, 'false'],
  ['missing/', 404, expect.stringContaining('Not Found')],
  ['broken/', 500, expect.stringContaining('Server Error')],
  ['nothing/', 500, expect.stringContaining('Server Error')],
])('%s is answered', async (name, status, text) => {
  const response = await ask(name);
  expect([response.status, await response.text()]).toEqual([status, text]);
});

test('an error is logged', async () => {
  await ask('broken/');
  expect(log.join('')).toContain('Error 500 at /broken/\nError: broken');
});

test('a foreign host is refused', async () => {
  expect((await ask('light/', {}, 'evil.example')).status).toBe(400);
});

test('HEAD, a body and receivers of signals get what they always get', async () => {
  const finished: unknown[] = [];
  onTestFinished(requestFinished.connect(({ environ }) => void finished.push(environ.PATH_INFO)));
  const head = await ask('bytes/', { method: 'HEAD' });
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['3', '']);
  await (await ask('bytes/')).text();
  expect(finished).toEqual(['/bytes/', '/bytes/']);
});

test('all Requests have their signal by one getter, since V8 would keep each of many for long', async () => {
  await ask('light/');
  await ask('light/');
  const getters = seen.slice(-2).map((request) => Object.getOwnPropertyDescriptor(request, 'signal')?.get);
  expect(getters).toEqual([expect.any(Function), getters[0]]);
  expect(getters[1]).toBe(getters[0]);
});

test('what the runtime adds to the environ is there for who reads it, and no reason to make one', async () => {
  const application = await createApplication(urlpatterns);
  const call = (additions: Partial<Environ>, name = 'light/') =>
    toFetch(application, { errors, environ: () => additions })(new Request(`http://testserver/${name}`));
  seen.length = 0;
  const page = await call({ REMOTE_ADDR: '192.0.2.1', 'mysite.env': 'bound' });
  expect([page.status, Object.hasOwn(seen[0]!, 'signal')]).toEqual([200, true]);
  // What the Request itself would have to say goes the usual way.
  expect((await call({ PATH_INFO: '/empty/' })).status).toBe(204);
  expect((await call({ HTTP_HOST: 'evil.example' })).status).toBe(400);
  const told: unknown[] = [];
  onTestFinished(requestFinished.connect(({ environ }) => void told.push(environ.REMOTE_ADDR)));
  await (await call({ REMOTE_ADDR: '192.0.2.1' })).text();
  expect(told).toEqual(['192.0.2.1']);
});

test('what fails as it adds to the environ is an error of the application', async () => {
  const application = await createApplication(urlpatterns);
  const environ = () => {
    throw new Error('no address');
  };
  log.length = 0;
  const response = await toFetch(application, { errors, environ })(new Request('http://testserver/light/'));
  expect([response.status, log.join('').includes('no address')]).toEqual([500, true]);
});
