import { describe, expect, test } from 'vitest';
import { type RedirectOptions, redirect } from '../../src/handler/http/index.ts';
import type { Middleware } from '../../src/handler/index.ts';
import { include, NoReverseMatch, path } from '../../src/handler/urls/index.ts';
import { ask, createApplication, header } from './_client.ts';

const article = () => new Response('article');

async function locationOf(
  to: string | URL,
  options?: RedirectOptions,
  scriptName = '',
): Promise<string | undefined> {
  const application = await createApplication([
    path('articles/<int:id>/', article, { name: 'article' }),
    path('blog/', include([path('', article, { name: 'home' })], { namespace: 'blog' })),
    path('go/', () => redirect(to, options)),
  ]);
  return header(await ask(application, '/go/', { environ: { SCRIPT_NAME: scriptName } }), 'location');
}

test.each<[string, string | URL, RedirectOptions | undefined, string]>([
  ['a path', '/articles/7/', undefined, '/articles/7/'],
  ['a relative path', '../other/', undefined, '../other/'],
  ['a query', '?page=2', undefined, '?page=2'],
  ['a URL', 'https://example.org/a?b=c#d', undefined, 'https://example.org/a?b=c#d'],
  ['an object of URL', new URL('https://example.org/ü'), undefined, 'https://example.org/%C3%BC'],
  ['a route name', 'blog:home', undefined, '/blog/'],
  ['a route name with parameters', 'article', { params: { id: 7 } }, '/articles/7/'],
  ['text beyond ASCII', '/grüße?q=größer als', undefined, '/gr%C3%BC%C3%9Fe?q=gr%C3%B6%C3%9Fer%20als'],
  ['what is encoded already', '/a%20b', undefined, '/a%20b'],
])('%s is the Location as it is written', async (_, to, options, location) => {
  expect(await locationOf(to, options)).toBe(location);
});

test('a route name leads below the mount point', async () => {
  expect(await locationOf('article', { params: { id: 1 } }, '/shop')).toBe('/shop/articles/1/');
});

test.each([
  '//evil.example/',
  '/\\evil.example/',
  '/\t/evil.example/',
  '/\n/evil.example/',
  '/ /evil.example',
  '///evil.example',
  '?//evil.example',
  './/evil.example',
  '#\\evil.example',
])('the path %j leads to this site', async (to) => {
  const location = await locationOf(to);
  expect(new URL(location!, 'http://testserver/go/').host).toBe('testserver');
});

test.each<[RedirectOptions, number]>([
  [{}, 302],
  [{ permanent: true }, 301],
  [{ preserveRequest: true }, 307],
  [{ permanent: true, preserveRequest: true }, 308],
])('%j has the status %i', (options, status) => {
  expect(redirect('/', options).status).toBe(status);
});

describe('redirect() throws for', () => {
  test('an unknown route name', async () => {
    await createApplication([path('', article, { name: 'home' })]);
    expect(() => redirect('hom')).toThrow(NoReverseMatch);
  });

  test('parameters of a path', () => {
    expect(() => redirect('/articles/', { params: { id: 1 } })).toThrow(/params, but the target is a URL/);
  });

  test('an unknown option', () => {
    expect(() => redirect('article', { id: 1 } as RedirectOptions)).toThrow(
      "redirect('article') has no option 'id'",
    );
  });
});

test.each<[string, () => Response]>([
  ['redirect()', () => redirect('/')],
  ['Response.redirect()', () => Response.redirect('http://testserver/', 303)],
])('middleware can change the headers of %s', async (_, view) => {
  const marking: Middleware = (getResponse) => async (request) => {
    const response = await getResponse(request);
    response.headers.set('x-marked', 'yes');
    return response;
  };
  const application = await createApplication([path('', view)], { MIDDLEWARE: [marking, marking] });
  const answer = await ask(application, '/');
  expect(header(answer, 'x-marked')).toBe('yes');
  expect(header(answer, 'location')).toBeDefined();
});

test('middleware can change the headers of what fetch() gave', async () => {
  const marking: Middleware = (getResponse) => async (request) => {
    const response = await getResponse(request);
    response.headers.append('set-cookie', 'seen=1');
    return response;
  };
  const application = await createApplication([path('', () => fetch('data:text/plain,fetched'))], {
    MIDDLEWARE: [marking],
  });
  const answer = await ask(application, '/');
  expect(header(answer, 'set-cookie')).toBe('seen=1');
  expect(answer.body).toBe('fetched');
});
