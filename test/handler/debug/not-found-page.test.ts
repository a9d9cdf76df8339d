import { expect, test } from 'vitest';
import { getWsgiApplication } from '../../../src/handler/index.ts';
import { Http404, include, path, rePath } from '../../../src/handler/urls/index.ts';
import { useModules } from '../../conf/_modules.ts';
import { type Answer, ask } from '../_client.ts';

const view = () => new Response();
function lost(): never {
  throw new Http404('There is no article 7.');
}

const URLPATTERNS = [
  path('', include([path('about/', view)])),
  path('articles/<int:id>/', lost, { name: 'article' }),
  path('blog/', include([path('<slug:slug>/', view, { name: 'post' })])),
  rePath(/^feed\/(?<kind>rss)$/, view),
];

async function answerTo(
  url: string,
  { accept = '', urlpatterns = URLPATTERNS, settings = {} } = {},
): Promise<Answer> {
  useModules({
    'mysite.settings': {
      DEBUG: true,
      ALLOWED_HOSTS: ['testserver'],
      ROOT_URLCONF: 'mysite.urls',
      ...settings,
    },
    'mysite.urls': { urlpatterns },
  });
  const application = await getWsgiApplication({ settings: 'mysite.settings' });
  return ask(application, url, { environ: { HTTP_ACCEPT: accept } });
}

test('the patterns that were tried are listed in their order', async () => {
  expect(await answerTo('/blog/a.b/')).toMatchObject({
    status: '404 Not Found',
    body: `No page at /blog/a.b/ (404)

Request: GET http://testserver/blog/a.b/

Patterns of mysite.urls, in the order in which they were tried:
  1.  about/
  2. articles/<int:id>/ [name='article']
  3. blog/ <slug:slug>/ [name='post']
  4. ^feed/(?<kind>rss)$

None of them matches 'blog/a.b/'.

DEBUG is on in mysite.settings, so errors come with their details. Without it, visitors get a plain page.
`,
  });
});

test('an include whose route does not match is listed by its route alone', async () => {
  expect((await answerTo('/x/')).body).toContain('  3. blog/\n');
});

test('a view that raises Http404 is named, with its message', async () => {
  const { body } = await answerTo('/articles/7/');
  expect(body).toContain('There is no article 7. (404)');
  expect(body).toMatch(
    /Raised during: lost of 'articles\/<int:id>\/', \S*test\/handler\/debug\/not-found-page\.test\.ts:\d+:\d+/,
  );
  expect(body).toContain("The last one matches 'articles/7/'.");
});

test('the empty path is called the root', async () => {
  expect((await answerTo('/')).body).toContain("None of them matches '', the root of the site.");
});

test('a URLconf without patterns is described as empty', async () => {
  const { body } = await answerTo('/x/', { urlpatterns: [] });
  expect(body).toContain('There is nothing in urlpatterns of mysite.urls yet.');
});

test('a browser gets HTML, escaped', async () => {
  const { body } = await answerTo('/%3Cb%3E/', { accept: 'text/html' });
  expect(body).toContain('<li>articles/&#60;int:id&#62;/ <i>[name=&#39;article&#39;]</i></li>');
  expect(body).toContain('None of them matches &#39;&#60;b&#62;/&#39;.');
  expect(body).not.toContain('<b>');
});

test.each([
  ['/static/not-found-page.test.js', "debug/ (STATICFILES_DIRS). Did you mean 'not-found-page.test.ts'?\n"],
  ['/static/source/none.css', "There is no file 'source/none.css' in "],
  ['/static/../x', "There is no file '../x' in "],
])('a path below STATIC_URL is reported as a missing file: %s', async (url, words) => {
  const settings = { STATICFILES_DIRS: [import.meta.dirname] };
  expect((await answerTo(url, { settings })).body).toContain(words);
  expect((await answerTo(url.slice('/static'.length), { settings })).body).not.toContain('STATICFILES_DIRS');
});
