import { describe, expect, test } from 'vitest';
import { redirect } from '../../src/handler/http/index.ts';
import { Http404, path } from '../../src/handler/urls/index.ts';
import { createClient, type TestClientOptions } from '../../src/testing/index.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { createApplication } from '../handler/_client.ts';

const withCookies = (...lines: string[]) => {
  const response = new Response('set');
  for (const line of lines) response.headers.append('set-cookie', line);
  return response;
};

const application = await createApplication(
  [
    path('', () => new Response('home')),
    path('echo/', async (request) =>
      Response.json({
        method: request.method,
        url: request.url,
        type: request.headers.get('content-type')?.split(';')[0] ?? null,
        cookie: request.headers.get('cookie'),
        mine: request.headers.get('x-mine'),
        text: await request.text(),
      }),
    ),
    path(
      'upload/',
      async (request) => new Response(await ((await request.formData()).get('file') as File).text()),
    ),
    path('set/', () =>
      withCookies('a=1; Path=/', 'b=2; Path=/deep', 'c=3; Secure; Path=/', 'd=4; Max-Age=0; Path=/'),
    ),
    path('unset/', () => withCookies('a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT')),
    path('login/', () => {
      const response = redirect('/echo/');
      response.headers.append('set-cookie', 'session=7; Path=/');
      return response;
    }),
    path('again/', () => redirect('/echo/', { preserveRequest: true })),
    path('round/', () => redirect('/round/')),
    path('away/', () => redirect('https://example.org/')),
    path('broken/', () => Promise.reject(new Error('broken view'))),
    path('missing/', () => Promise.reject(new Http404('nothing here'))),
  ],
  { ALLOWED_HOSTS: ['localhost', 'www.example.com'] },
);
const client = (options?: TestClientOptions) => createClient(application, options);

test('a page', async () => {
  const response = await client().get('/');
  expect(response.status).toBe(200);
  expect(response.url).toBe('http://localhost/');
  expect(await response.text()).toBe('home');
});

describe('bodies', () => {
  test.each([
    ['json', { json: { a: 1 } }, 'application/json', '{"a":1}'],
    ['form', { form: { a: 1, b: 'x y' } }, 'application/x-www-form-urlencoded', 'a=1&b=x+y'],
    ['text', { body: 'text' }, 'text/plain', 'text'],
    ['bytes', { body: new TextEncoder().encode('bytes') }, null, 'bytes'],
    ['a stream', { body: new Blob(['stream']).stream() }, null, 'stream'],
    ['a type of their own', { json: [], headers: { 'content-type': 'text/x' } }, 'text/x', '[]'],
  ])('%s', async (_, options, type, text) => {
    expect(await (await client().post('/echo/', options)).json()).toMatchObject({
      method: 'POST',
      type,
      text,
    });
  });

  test('multipart, with a file', async () => {
    const form = new FormData();
    form.set('file', new File(['content'], 'a.txt'));
    expect(await (await client().post('/upload/', { form })).text()).toBe('content');
  });

  test('one at most', async () => {
    await expect(client().post('/echo/', { json: 1, body: 'x' })).rejects.toThrow('A request has one body');
  });

  test.each(['put', 'patch', 'delete'] as const)('%s', async (method) => {
    const response = await client()[method]('/echo/', { query: { page: 2 } });
    expect(await response.json()).toMatchObject({
      method: method.toUpperCase(),
      url: 'http://localhost/echo/?page=2',
    });
  });

  test('head', async () => {
    expect(await (await client().head('/')).text()).toBe('');
  });
});

describe('cookies', () => {
  const cookieOf = async (one: ReturnType<typeof client>) =>
    ((await (await one.get('/echo/')).json()) as { cookie: string | null }).cookie;

  test('are kept, by their path, time and scheme', async () => {
    const one = client();
    await one.get('/set/');
    expect(await cookieOf(one)).toBe('a=1');
    expect(one.cookies.get('b')).toBe('2');
    await one.get('/unset/');
    expect(await cookieOf(one)).toBe(null);
    const secure = client({ baseUrl: 'https://localhost/' });
    await secure.get('/set/');
    expect(await cookieOf(secure)).toBe('a=1; c=3');
  });

  test('can be set and cleared', async () => {
    const one = client();
    one.cookies.set('theme', 'dark');
    expect(await cookieOf(one)).toBe('theme=dark');
    one.cookies.clear();
    expect(await cookieOf(one)).toBe(null);
  });
});

describe('redirects', () => {
  test('are followed, with the cookies that came along', async () => {
    const response = await client().post('/login/', { form: { name: 'Ada' } });
    expect(response.url).toBe('http://localhost/echo/');
    expect(await response.json()).toMatchObject({ method: 'GET', cookie: 'session=7', text: '', type: null });
  });

  test('repeat the body where they say so', async () => {
    expect(await (await client().post('/again/', { json: 1 })).json()).toMatchObject({
      method: 'POST',
      text: '1',
    });
  });

  test('can be looked at', async () => {
    expect((await client().get('/login/', { follow: false })).headers.get('location')).toBe('/echo/');
    expect((await client({ follow: false }).get('/login/')).status).toBe(302);
  });

  test('to another site are responses, and a circle is an error', async () => {
    expect((await client().get('/away/')).status).toBe(302);
    await expect(client().get('/round/')).rejects.toThrow('redirected more than 20 times');
  });
});

describe('errors', () => {
  test('of a view are thrown', async () => {
    await expect(client().get('/broken/')).rejects.toThrow('broken view');
  });

  test('are responses where the client is told so', async () => {
    expect((await client({ raise: false }).get('/broken/')).status).toBe(500);
  });

  test('of each request are its own', async () => {
    const one = client();
    const [broken, home] = await Promise.allSettled([one.get('/broken/'), one.get('/')]);
    expect([broken.status, home.status]).toEqual(['rejected', 'fulfilled']);
  });

  test('that are not a fault are responses', async () => {
    expect((await client().get('/missing/')).status).toBe(404);
  });

  test('of any application are thrown', async () => {
    const failing: WSGIApplication = () => {
      throw new Error('broken application');
    };
    await expect(createClient(failing).get('/')).rejects.toThrow('broken application');
  });
});

test('the host and headers of each request can be chosen', async () => {
  const one = client({ baseUrl: 'https://www.example.com/', headers: { 'x-mine': 'yes' } });
  expect(await (await one.get('/echo/')).json()).toMatchObject({
    url: 'https://www.example.com/echo/',
    mine: 'yes',
  });
});

test('an option that there is not is told', () => {
  expect(() => client({ base: '/' } as TestClientOptions)).toThrow("createClient() has no option 'base'");
});
