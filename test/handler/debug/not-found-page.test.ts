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

async function answerTo(url: string, { accept = '', urlpatterns = URLPATTERNS } = {}): Promise<Answer> {
  useModules({
    'mysite.settings': { DEBUG: true, ALLOWED_HOSTS: ['testserver'], ROOT_URLCONF: 'mysite.urls' },
    'mysite.urls': { urlpatterns },
  });
  const application = await getWsgiApplication({ settings: 'mysite.settings' });
  return ask(application, url, { environ: { HTTP_ACCEPT: accept } });
}

test('the patterns that were tried are listed in their order', async () => {
  expect(await answerTo('/blog/a.b/')).toMatchObject({
    status: '404 Not Found',
    body: `Page not found (404)

Request: GET http://testserver/blog/a.b/

Using the URLconf defined in mysite.urls, these URL patterns were tried, in this order:
  1.  about/
  2. articles/<int:id>/ [name='article']
  3. blog/ <slug:slug>/ [name='post']
  4. ^feed/(?<kind>rss)$

The current path, blog/a.b/, didn't match any of these.

You see this page because DEBUG is true in mysite.settings. With DEBUG off, a plain page takes its place.
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
  expect(body).toContain('The current path, articles/7/, matched the last one.');
});

test('the empty path is called so', async () => {
  expect((await answerTo('/')).body).toContain("The empty path didn't match any of these.");
});

test('a URLconf without patterns is told as such', async () => {
  const { body } = await answerTo('/x/', { urlpatterns: [] });
  expect(body).toContain('There is nothing in urlpatterns of the URLconf mysite.urls yet.');
});

test('a browser gets HTML, escaped', async () => {
  const { body } = await answerTo('/%3Cb%3E/', { accept: 'text/html' });
  expect(body).toContain('<li>articles/&#60;int:id&#62;/ <i>[name=&#39;article&#39;]</i></li>');
  expect(body).toContain('The current path, &#60;b&#62;/, didn&#39;t match any of these.');
  expect(body).not.toContain('<b>');
});
