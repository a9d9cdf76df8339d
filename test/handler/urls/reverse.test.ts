import { describe, expect, test } from 'vitest';
import { include, path, registerConverter, rePath, reverse } from '../../../src/handler/urls/index.ts';
import { ask, createApplication } from '../_client.ts';

const view = () => new Response();

registerConverter('month', {
  regex: /0[1-9]|1[0-2]/,
  toValue: Number,
  toUrl: (value: number) => String(value).padStart(2, '0'),
});

const BLOG = [
  path('', view, { name: 'index' }),
  path('<slug:slug>/', view, { name: 'detail' }),
  path('<int:year>/<month:month>/', view, { name: 'archive' }),
];

const URLPATTERNS = [
  path('', view, { name: 'home' }),
  path('articles/<int:id>/', view, { name: 'article' }),
  path('files/<path:file>', view, { name: 'file' }),
  path('search/<str:words>/', view, { name: 'search' }),
  path('blog/', include(BLOG, { namespace: 'blog' })),
  path(
    '<slug:user>/',
    include([path('posts/', include(BLOG, { namespace: 'blog' }))], { namespace: 'user' }),
  ),
  path('old/', view, { name: 'twice' }),
  path('new/', view, { name: 'twice' }),
  path('one/<int:id>/', view, { name: 'either' }),
  path('all/', view, { name: 'either' }),
  path('own/<str:toString>/', view, { name: 'own' }),
  path('draft/', view, { name: 'draft', kwargs: { isDraft: true } }),
  rePath(/^feed\/(?<kind>rss|atom)\.xml$/, view, { name: 'feed' }),
  rePath(/^(?:a|b)+$/, view, { name: 'letters' }),
  rePath(/^list\/(?:page-(?<page>\d+)\/)?$/, view, { name: 'list' }),
  rePath(/^(?:(?<lang>de|en)\/)?about\/$/, view, { name: 'about' }),
  rePath(/^items?\/(?<id>\d+)(?:\.(?<format>json|xml))?$/, view, { name: 'item' }),
  rePath(/^nested(?:-(?<a>\d)(?:-(?<b>\d))?)?$/, view, { name: 'nested' }),
  rePath(/^x+y*z?d{2}e{0,3}[fg][^/]\d\w$/, view, { name: 'classes' }),
  rePath(/^lazy(?:-(?<a>\d+?))??$/, view, { name: 'lazy' }),
  rePath(/^look(?=ahead)ahead(?!behind)(?<=ahead)$/, view, { name: 'look' }),
  rePath(/^(?<word>\w+)-\k<word>$/, view, { name: 'echo' }),
  rePath(/^caf\u00e9\x2f\.$/, view, { name: 'escapes' }),
  rePath(/^(?:yes|no)?$/, view, { name: 'empty' }),
  rePath(/^(?<deep>(?:a|b(?:c)?)[)]\))$/, view, { name: 'deep' }),
  rePath(/^(a|b)?plain\/(?<id>\d+)$/, view, { name: 'unnamed' }),
  rePath(
    /^(?:(?<lang>de|en)\/)?/,
    include([
      rePath(/^shop\/(?:(?<page>\d+)\/)?$/, view, { name: 'shop' }),
      path('shop/<int:id>/edit/', view, { name: 'edit' }),
    ]),
  ),
  path('team/<slug:team>/', include([rePath(/^(?:(?<year>\d{4})\/)?$/, view, { name: 'team' })])),
];

test.each([
  ['home', undefined, '/'],
  ['article', { id: 3 }, '/articles/3/'],
  ['article', { id: '3' }, '/articles/3/'],
  ['file', { file: 'a/b c.txt' }, '/files/a/b%20c.txt'],
  ['search', { words: 'grüße & küsse?' }, '/search/gr%C3%BC%C3%9Fe%20&%20k%C3%BCsse%3F/'],
  ['blog:index', {}, '/blog/'],
  ['blog:detail', { slug: 'x' }, '/blog/x/'],
  ['blog:archive', { year: 2026, month: 3 }, '/blog/2026/03/'],
  ['user:blog:detail', { user: 'me', slug: 'x' }, '/me/posts/x/'],
  ['twice', {}, '/new/'],
  ['either', { id: 1 }, '/one/1/'],
  ['either', {}, '/all/'],
  ['draft', { isDraft: true }, '/draft/'],
  ['feed', { kind: 'rss' }, '/feed/rss.xml'],
  ['list', {}, '/list/'],
  ['list', { page: 3 }, '/list/page-3/'],
  ['about', {}, '/about/'],
  ['about', { lang: 'de' }, '/de/about/'],
  ['about', { lang: undefined }, '/about/'],
  ['item', { id: 3 }, '/item/3'],
  ['item', { id: 3, format: 'json' }, '/item/3.json'],
  ['nested', {}, '/nested'],
  ['nested', { a: 1 }, '/nested-1'],
  ['nested', { a: 1, b: 2 }, '/nested-1-2'],
  ['classes', {}, '/xddf%5E0x'],
  ['lazy', {}, '/lazy'],
  ['lazy', { a: 12 }, '/lazy-12'],
  ['look', {}, '/lookahead'],
  ['echo', { word: 'hi' }, '/hi-hi'],
  ['escapes', {}, '/caf%C3%A9/.'],
  ['empty', {}, '/'],
  ['deep', { deep: 'bc))' }, '/bc))'],
  ['unnamed', { id: 1 }, '/plain/1'],
  ['shop', {}, '/shop/'],
  ['shop', { page: 2 }, '/shop/2/'],
  ['shop', { lang: 'en' }, '/en/shop/'],
  ['shop', { lang: 'en', page: 2 }, '/en/shop/2/'],
  ['edit', { id: 2 }, '/shop/2/edit/'],
  ['edit', { lang: 'en', id: 2 }, '/en/shop/2/edit/'],
  ['team', { team: 'a-b' }, '/team/a-b/'],
  ['team', { team: 'a-b', year: 2026 }, '/team/a-b/2026/'],
  ['search', { words: '😀' }, '/search/%F0%9F%98%80/'],
])('%s with %j', async (name, params, expected) => {
  await createApplication(URLPATTERNS);
  expect(reverse(name, params)).toBe(expected);
});

test('what would name a host is encoded', async () => {
  await createApplication([path('<path:rest>', view, { name: 'any' })]);
  expect(reverse('any', { rest: '/evil.com' })).toBe('/%2Fevil.com');
});

describe('no match', () => {
  test.each([
    ['artcle', {}, "No pattern is named 'artcle'. Did you mean 'article'?"],
    ['blog:detial', {}, "Did you mean 'blog:detail'?"],
    ['nothing-like-it', {}, 'The names are: home, article, file, search, blog:index, blog:detail'],
    ['article', {}, "No pattern named 'article' takes no parameters. Tried: 'articles/<int:id>/'."],
    ['article', { id: 'x' }, "No pattern named 'article' takes { id: 'x' }."],
    ['article', { id: 3, page: 2 }, "No pattern named 'article' takes { id: 3, page: 2 }."],
    ['own', {}, "No pattern named 'own' takes no parameters."],
    ['draft', { isDraft: false }, "No pattern named 'draft' takes { isDraft: false }."],
    ['feed', { kind: 'json' }, "Tried: '^feed/(?<kind>rss|atom)\\.xml$'."],
    ['letters', {}, "'^(?:a|b)+$' (an expression that cannot be reversed)"],
    ['list', { page: 'x' }, "No pattern named 'list' takes { page: 'x' }."],
    ['about', { lang: 'fr' }, "No pattern named 'about' takes { lang: 'fr' }."],
    ['nested', { b: 2 }, "No pattern named 'nested' takes { b: 2 }."],
    ['shop', { lang: 'fr', page: 2 }, "No pattern named 'shop' takes { lang: 'fr', page: 2 }."],
    ['team', { team: 'a', year: 26 }, "No pattern named 'team' takes { team: 'a', year: 26 }."],
  ])('%s with %j', async (name, params, message) => {
    await createApplication(URLPATTERNS);
    expect(() => reverse(name, params)).toThrow(
      expect.objectContaining({ name: 'NoReverseMatch', message: expect.stringContaining(message) }),
    );
  });
});

describe('which URLs', () => {
  const where = (url: string) => [path(url, () => new Response(reverse('here')), { name: 'here' })];

  test('in a request, those of the application that answers', async () => {
    const one = await createApplication(where('one/'));
    await createApplication(where('two/'));
    expect((await ask(one, '/one/')).body).toBe('/one/');
  });

  test('in a request, below the mount point', async () => {
    const application = await createApplication(where('one/'));
    expect((await ask(application, '/one/', { environ: { SCRIPT_NAME: '/app' } })).body).toBe('/app/one/');
  });

  test('elsewhere, those of the application that was made last', async () => {
    await createApplication(where('one/'));
    await createApplication(where('two/'));
    expect(reverse('here')).toBe('/two/');
  });
});
