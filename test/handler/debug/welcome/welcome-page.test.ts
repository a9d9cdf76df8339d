import { expect, test } from 'vitest';
import { getWsgiApplication } from '../../../../src/handler/index.ts';
import { path, type URLPattern } from '../../../../src/handler/urls/index.ts';
import { useModules } from '../../../conf/_modules.ts';
import { type Answer, ask, header } from '../../_client.ts';

async function answerTo(url: string, settings: object = {}, urlpatterns: URLPattern[] = []): Promise<Answer> {
  const basics = { DEBUG: true, ALLOWED_HOSTS: ['testserver'], ROOT_URLCONF: 'shop.urls' };
  useModules({ 'shop.settings': { ...basics, ...settings }, 'shop.urls': { urlpatterns } });
  return ask(await getWsgiApplication({ settings: 'shop.settings' }), url);
}

test('a site without URLs is welcomed', async () => {
  const answer = await answerTo('/');
  expect(answer.status).toBe('200 OK');
  expect(header(answer, 'content-type')).toBe('text/html; charset=utf-8');
  expect(answer.body).toContain('Ready for');
});

test('the files have the names of the site', async () => {
  const { body } = await answerTo('/');
  for (const file of ['shop/settings.ts', 'shop/urls.ts', 'shop/wsgi.ts']) expect(body).toContain(file);
  expect(body).toContain('Hello from shop!');
});

test('the application has the name that WSGI_APPLICATION gives it', async () => {
  expect((await answerTo('/', { WSGI_APPLICATION: 'shop.deploy.site' })).body).toContain('shop/deploy.ts');
});

test.each([
  ['another path', '/x/', {}, []],
  ['a site with DEBUG off', '/', { DEBUG: false }, []],
  ['a site with a URL', '/', {}, [path('x/', () => new Response())]],
])('%s is not', async (_, url, settings, urlpatterns) => {
  expect((await answerTo(url, settings, urlpatterns)).status).toBe('404 Not Found');
});

test('it asks the network for nothing and runs no script', async () => {
  expect((await answerTo('/')).body).not.toMatch(
    /<script|<link(?! rel="icon" href="data:,")|<img|src=|@import|url\((?!#)/,
  );
});
