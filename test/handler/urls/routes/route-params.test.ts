import { expectTypeOf, test } from 'vitest';
import {
  include,
  path,
  type RouteParams,
  rePath,
  type URLPattern,
  type View,
} from '../../../../src/handler/urls/index.ts';

const response = new Response();

test('a route without parameters gives none', () => {
  expectTypeOf<keyof RouteParams<'articles/'>>().toEqualTypeOf<never>();
});

test('a route gives its parameters with their types', () => {
  expectTypeOf<RouteParams<'articles/<int:year>/'>>().toEqualTypeOf<{ readonly year: number }>();
  expectTypeOf<RouteParams<'<a>/<slug:b>/<uuid:c>/<path:d>'>>().toEqualTypeOf<{
    readonly a: string;
    readonly b: string;
    readonly c: string;
    readonly d: string;
  }>();
});

test('a converter that is not declared gives unknown', () => {
  expectTypeOf<RouteParams<'<date:day>'>>().toEqualTypeOf<{ readonly day: unknown }>();
});

test('a view without types gets them from the route', () => {
  path('articles/<int:year>/<slug:title>/', (request, { year, title }) => {
    expectTypeOf(request).toEqualTypeOf<Request>();
    expectTypeOf(year).toEqualTypeOf<number>();
    expectTypeOf(title).toEqualTypeOf<string>();
    return response;
  });
});

test('a view without parameters fits every route', () => {
  const home = () => response;
  path('', home);
  path('<int:id>/', home);
});

test('a view with the right parameters fits', () => {
  const detail = async (_request: Request, _params: { id: number }) => response;
  path('<int:id>/', detail);
});

test('a view with another type of parameter does not fit', () => {
  const detail = (_request: Request, _params: { id: string }) => response;
  // @ts-expect-error: an int is a number.
  path('<int:id>/', detail);
});

test('a view with a parameter that the route does not have does not fit', () => {
  const detail = (_request: Request, _params: { id: number }) => response;
  // @ts-expect-error: there is no id.
  path('articles/', detail);
  // @ts-expect-error: there is no id.
  path('<int:pk>/', detail);
});

test('kwargs are parameters of the view', () => {
  const detail = (_request: Request, _params: { id: number; isDraft: boolean }) => response;
  path('<int:id>/', detail, { kwargs: { isDraft: true } });
  // @ts-expect-error: kwargs has no isDraft.
  path('<int:id>/', detail, { kwargs: {} });
});

test('a view below an include() may ask for the parameters above it, as optional ones', () => {
  const month = (_request: Request, _params: { month: number; year?: number }) => response;
  path('<int:year>/', include([path('<int:month>/', month)]));
});

test('a view must return a Response', () => {
  // @ts-expect-error: text is not a Response.
  path('', () => 'Hello');
});

test('a route that is put together at run time takes any view', () => {
  const prefix: string = 'articles/';
  path(`${prefix}<int:id>/` as string, (_request, { id }: { id: number }) => new Response(String(id)));
});

test('the groups of an expression are text, and may be named', () => {
  rePath(/^(?<year>\d+)$/, (_request, { year }) => {
    expectTypeOf(year).toEqualTypeOf<string | undefined>();
    return response;
  });
  rePath(/^(?<year>\d+)$/, (_request, { year }: { year: string }) => new Response(year));
});

test('a list of patterns has a type with a short name', () => {
  const urlpatterns: URLPattern[] = [];
  urlpatterns.push(path('<int:id>/', (_request, { id }) => new Response(String(id))));
  expectTypeOf(urlpatterns).toEqualTypeOf<URLPattern[]>();
});

test('a view can be written against its route', () => {
  const detail: View<RouteParams<'<int:id>/'>> = (_request, { id }) => new Response(String(id));
  path('<int:id>/', detail);
});
