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
  path('draft/', view, { name: 'draft', kwargs: { isDraft: true } }),
  rePath(/^feed\/(?<kind>rss|atom)\.xml$/, view, { name: 'feed' }),
  rePath(/^(?:a|b)+$/, view, { name: 'letters' }),
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
    ['artcle', {}, "Reverse for 'artcle' not found: no pattern has this name. Did you mean 'article'?"],
    ['blog:detial', {}, "Did you mean 'blog:detail'?"],
    ['nothing-like-it', {}, 'The names are: home, article, file, search, blog:index, blog:detail'],
    ['article', {}, "Reverse for 'article' with no parameters not found. Tried: 'articles/<int:id>/'."],
    ['article', { id: 'x' }, "Reverse for 'article' with { id: 'x' } not found."],
    ['article', { id: 3, page: 2 }, "Reverse for 'article' with { id: 3, page: 2 } not found."],
    ['draft', { isDraft: false }, "Reverse for 'draft' with { isDraft: false } not found."],
    ['feed', { kind: 'json' }, "Tried: '^feed/(?<kind>rss|atom)\\.xml$'."],
    ['letters', {}, "'^(?:a|b)+$' (an expression that cannot be turned round)"],
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
