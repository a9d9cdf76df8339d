import { expect, expectTypeOf, test } from 'vitest';
import { include, type MethodViews, path, rePath } from '../../../src/handler/urls/index.ts';
import { ask, createApplication, header } from '../_client.ts';

const saying = (text: string) => () => new Response(text);

const application = await createApplication([
  path('notes/', { GET: saying('list'), POST: saying('create') }),
  path('head/', {
    GET: saying('list'),
    HEAD: () => new Response(null, { status: 204 }),
    OPTIONS: saying('mine'),
  }),
  path('hook/', { POST: saying('hook') }),
  path(
    'in/',
    include([rePath(/^(?<id>\d+)$/, { DELETE: (_request, { id }) => new Response(`deleted ${id}`) })]),
  ),
]);

test.each([
  ['GET', '/notes/', '200 OK', 'list'],
  ['POST', '/notes/', '200 OK', 'create'],
  ['HEAD', '/notes/', '200 OK', ''],
  ['HEAD', '/head/', '204 No Content', ''],
  ['OPTIONS', '/head/', '200 OK', 'mine'],
  ['POST', '/hook/', '200 OK', 'hook'],
  ['DELETE', '/in/7', '200 OK', 'deleted 7'],
])('%s %s has a view', async (method, url, status, body) => {
  expect(await ask(application, url, { method })).toMatchObject({ status, body });
});

test.each([
  ['DELETE', '/notes/', 'GET, POST, HEAD, OPTIONS'],
  ['GET', '/hook/', 'POST, OPTIONS'],
  ['HEAD', '/hook/', 'POST, OPTIONS'],
  ['GET', '/in/7', 'DELETE, OPTIONS'],
])('%s %s is not allowed, and Allow says what is', async (method, url, allow) => {
  const answer = await ask(application, url, { method });
  expect(answer.status).toBe('405 Method Not Allowed');
  expect(header(answer, 'allow')).toBe(allow);
});

test('OPTIONS lists the methods', async () => {
  const answer = await ask(application, '/notes/', { method: 'OPTIONS' });
  expect(answer).toMatchObject({ status: '204 No Content', body: '' });
  expect(header(answer, 'allow')).toBe('GET, POST, HEAD, OPTIONS');
});

test('HEAD has the headers of GET', async () => {
  const answer = await ask(application, '/notes/', { method: 'HEAD' });
  expect(header(answer, 'content-type')).toBe('text/plain;charset=UTF-8');
});

test('the views of each method have the types of the route', () => {
  path('articles/<int:year>/<slug:title>/', {
    GET(_request, params) {
      expectTypeOf(params).toMatchObjectType<{ readonly year: number; readonly title: string }>();
      return new Response('');
    },
    PROPFIND: (_request, { year }) => new Response(year.toFixed()),
  });
  // @ts-expect-error There is no such parameter.
  path('articles/<int:year>/', { GET: (_request, { month }) => new Response(month) });
});

test('a method in lower case, and what is not a view, are told', () => {
  const wrong = { get: saying('') } as unknown as MethodViews;
  expect(() => path('x/', wrong)).toThrow("path('x/') has a view for 'get', which is not a method.");
  expect(() => path('x/', { GET: saying(''), POST: 5 } as unknown as MethodViews)).toThrow(
    "path('x/') needs a view for POST, found 5.",
  );
  expect(() => path('x/', {})).toThrow("path('x/') needs a view or include() as its second argument");
});

test('a function that has its name from its method is named once', () => {
  const { target } = path('x/', { POST: () => new Response(), GET: function list() {} as never });
  expect(target).toHaveProperty('name', 'POST, GET list');
});

test('a view of a method that returns no Response is named', async () => {
  const application = await createApplication([path('x/', { GET: function list() {} as never })]);
  expect((await ask(application, '/x/')).log).toContain(
    "The view GET list of path('x/') returned undefined, which is not a Response.",
  );
});
