import { describe, expect, test } from 'vitest';
import { fromFetch } from '../../../src/adapters/fetch/index.ts';
import {
  include,
  path,
  registerConverter,
  rePath,
  type URLPattern,
} from '../../../src/handler/urls/index.ts';
import { useModules } from '../../conf/_modules.ts';
import { ask, createApplication } from '../_client.ts';

registerConverter('anything', { regex: /.+/, toValue: (text) => text, toUrl: String });
registerConverter('letters', { regex: /\p{L}+/u, toValue: (text) => text, toUrl: String });

/** A view that answers with its parameters. */
const echo = (_request: Request, params: object) => Response.json(params);

/** The parameters that a URL gives, or the status when it has no view. */
async function paramsOf(urlpatterns: readonly URLPattern[], url: string): Promise<unknown> {
  const { status, body } = await ask(await createApplication(urlpatterns, { APPEND_SLASH: false }), url);
  return status === '200 OK' ? JSON.parse(body) : status;
}

const NOT_FOUND = '404 Not Found';

describe('routes', () => {
  test.each([
    ['', '/', {}],
    ['about/', '/about/', {}],
    ['about/', '/about', NOT_FOUND],
    ['about/', '/about/x', NOT_FOUND],
    ['a.b', '/aXb', NOT_FOUND],
    ['a.b/<x>', '/aXb/1', NOT_FOUND],
    ['<name>/', '/x/', { name: 'x' }],
    ['<str:name>', '/a b', { name: 'a b' }],
    ['<str:name>', '/a/b', NOT_FOUND],
    ['<int:id>', '/007', { id: 7 }],
    ['<int:id>', '/-7', NOT_FOUND],
    ['<int:id>', '/12345678901234567890', NOT_FOUND],
    ['<slug:slug>', '/a-b_c9', { slug: 'a-b_c9' }],
    ['<slug:slug>', '/a.b', NOT_FOUND],
    ['<uuid:id>', '/075194d3-6885-417e-a8a8-6c931e272f00', { id: '075194d3-6885-417e-a8a8-6c931e272f00' }],
    ['<uuid:id>', '/075194D3-6885-417e-a8a8-6c931e272f00', NOT_FOUND],
    ['<path:rest>', '/a/b/c', { rest: 'a/b/c' }],
    ['<int:year>/<int:month>/<slug:slug>/', '/2026/11/x/', { year: 2026, month: 11, slug: 'x' }],
    ['v<int:major>.<int:minor>', '/v1.2', { major: 1, minor: 2 }],
    ['café/', '/caf%C3%A9/', {}],
    ['<name>', '/caf%E9', { name: 'caf%E9' }],
    ['a b/', '/a%20b/', {}],
    ['<path:rest>', '/a%0Db', { rest: 'a\rb' }],
    ['<path:rest>', '/a%E2%80%A8b%E2%80%A9', { rest: 'a\u2028b\u2029' }],
    ['<path:rest>', '/a%0Ab', NOT_FOUND],
    ['<str:name>', '/a%0Ab', { name: 'a\nb' }],
    ['<str:Δ>/<int:größe>/', '/a/1/', { Δ: 'a', größe: 1 }],
    ['<anything:x>', '/a%0Db', { x: 'a\rb' }],
    ['<anything:x>', '/a%0Ab', NOT_FOUND],
    ['<letters:x>', '/%C3%A9', { x: 'é' }],
  ])('%s and %s', async (route, url, expected) => {
    expect(await paramsOf([path(route as string, echo)], url)).toEqual(expected);
  });

  test('are tried in the order of the list', async () => {
    const urlpatterns = [
      path('<slug:slug>/', echo, { kwargs: { which: 'first' } }),
      path('new/', echo, { kwargs: { which: 'second' } }),
    ];
    expect(await paramsOf(urlpatterns, '/new/')).toEqual({ slug: 'new', which: 'first' });
  });

  test('see the second slash of a path', async () => {
    expect(await paramsOf([path('x', echo)], '//x')).toBe(NOT_FOUND);
  });

  test('kwargs are parameters too, and win', async () => {
    expect(await paramsOf([path('<x>/', echo, { kwargs: { x: 1, y: 2 } })], '/a/')).toEqual({ x: 1, y: 2 });
  });
});

describe('rePath()', () => {
  test.each([
    [/^articles\/(?<year>[0-9]{4})\/$/, '/articles/2026/', { year: '2026' }],
    [/^articles\/(?<year>[0-9]{4})\/$/, '/articles/20261/', NOT_FOUND],
    [/^(?<lang>de|en)?x$/, '/x', {}],
    [/^(a|b)$/, '/a', {}],
    [/^ABC$/gi, '/abc', {}],
    [/^(?<x>.+)$/, '/a%0Db%E2%80%A8', { x: 'a\rb\u2028' }],
    [/^(?<x>.+)$/, '/a%0Ab', NOT_FOUND],
    [/^(?<x>.+)$/s, '/a%0Ab', { x: 'a\nb' }],
    [/^(?<x>[.]\.)$/, '/..', { x: '..' }],
    [/^(?<x>[.]\.)$/, '/ab', NOT_FOUND],
  ])('%s and %s', async (regex, url, expected) => {
    const urlpatterns = [rePath(regex, echo)];
    expect(await paramsOf(urlpatterns, url)).toEqual(expected);
    expect(await paramsOf(urlpatterns, url)).toEqual(expected);
  });

  test('can include, and leaves the rest to what it includes', async () => {
    const urlpatterns = [rePath(/^(?<lang>de|en)\//, include([path('<int:id>/', echo)]))];
    expect(await paramsOf(urlpatterns, '/de/3/')).toEqual({ lang: 'de', id: 3 });
  });
});

describe('include()', () => {
  test('takes patterns, whose views get the parameters of both', async () => {
    const urlpatterns = [path('<int:year>/', include([path('<int:month>/', echo)]), { kwargs: { a: 1 } })];
    expect(await paramsOf(urlpatterns, '/2026/11/')).toEqual({ year: 2026, month: 11, a: 1 });
  });

  test('takes an imported module', async () => {
    const blog = { urlpatterns: [path('x/', echo)] };
    expect(await paramsOf([path('blog/', include(blog))], '/blog/x/')).toEqual({});
  });

  test('takes a dotted path', async () => {
    useModules({ 'blog.urls': { urlpatterns: [path('x/', echo)] } });
    expect(await paramsOf([path('blog/', include('blog.urls'))], '/blog/x/')).toEqual({});
  });

  test('that has no match leaves the path to the patterns after it', async () => {
    const urlpatterns = [path('blog/', include([path('x/', echo)])), path('blog/<name>/', echo)];
    expect(await paramsOf(urlpatterns, '/blog/y/')).toEqual({ name: 'y' });
  });
});

describe('registerConverter()', () => {
  registerConverter('hex', {
    regex: /[0-9a-f]+/,
    toValue: (text) => (text === 'dead' ? undefined : Number.parseInt(text, 16)),
    toUrl: (value: number) => value.toString(16),
  });

  test('makes a converter for routes', async () => {
    expect(await paramsOf([path('<hex:color>/', echo)], '/ff/')).toEqual({ color: 255 });
  });

  test('a converter may have groups in its expression', async () => {
    registerConverter('span', { regex: /(\d+)-(?:(a)|(b))/, toValue: String, toUrl: String });
    const seen: unknown[] = [];
    const view = (_request: Request, params: object) => {
      seen.push(params);
      return new Response('');
    };
    const application = await createApplication([path('<span:first>/<str:name>/<span:last>', view as never)]);
    await ask(application, '/1-a/x/22-b');
    expect(seen).toEqual([{ first: '1-a', name: 'x', last: '22-b' }]);
  });

  test('a converter that returns undefined does not match', async () => {
    expect(await paramsOf([path('<hex:color>/', echo)], '/dead/')).toBe(NOT_FOUND);
  });

  test('refuses a name that is taken', () => {
    const converter = { regex: /x/, toValue: String, toUrl: String };
    expect(() => registerConverter('int', converter)).toThrow("There is a converter 'int' already.");
  });
});

describe('a bad route fails at once', () => {
  test.each([
    ['/articles/', "The route '/articles/' must not begin with '/'.", "Write 'articles/'."],
    ['a/<int:id/', "The route 'a/<int:id/' has an unmatched bracket in 'a/<int:id/'.", '<name>'],
    ['a/id>/', "The route 'a/id>/' has an unmatched bracket in 'a/id>/'.", '<name>'],
    ['<itn:id>/', "The route '<itn:id>/' has an unknown converter 'itn'.", "Did you mean 'int'?"],
    [
      '<wholly:id>/',
      "The route '<wholly:id>/' has an unknown converter 'wholly'.",
      'There are int, str, slug',
    ],
    ['<a>/<int:a>/', "The route '<a>/<int:a>/' has two parameters 'a'.", 'its own name'],
    ['<int: id>/', "The route '<int: id>/' has white space in <int: id>.", '<converter:name>'],
    ['<int:1st>/', "The route '<int:1st>/' has a parameter '1st'.", 'letters, digits and underscores'],
    ['<>/', "The route '<>/' has a parameter ''.", 'letters, digits and underscores'],
    ['<str:__proto__>/', "The route '<str:__proto__>/' has a parameter '__proto__'.", 'Use another name'],
  ])('%s', (route, message, hint) => {
    expect(() => path(route as string, echo)).toThrow(
      expect.objectContaining({ name: 'ImproperlyConfigured', message, hint: expect.stringContaining(hint) }),
    );
  });

  test('and so does a missing view', () => {
    expect(() => path('a/', undefined as never)).toThrow(
      "path('a/') needs a view or include() as its second argument, found undefined.",
    );
  });

  test('a WSGI application in place of a view is refused, with a hint at mount()', () => {
    expect(() => path('a/', fromFetch(() => new Response()) as never)).toThrow(
      expect.objectContaining({
        message: "path('a/') needs a view as its second argument, found a WSGI application.",
        hint: expect.stringContaining("mount({ '/api': application }, site)"),
      }),
    );
  });

  test('and an expression that is text', () => {
    expect(() => rePath('^a/$' as never, echo)).toThrow("rePath() takes a regular expression, found '^a/$'.");
  });
});
