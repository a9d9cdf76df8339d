import { describe, expect, test } from 'vitest';
import { settings } from '../../src/conf/index.ts';
import { getWsgiApplication } from '../../src/handler/index.ts';
import { include, path } from '../../src/handler/urls/index.ts';
import { useModules, useSettingsModule } from '../conf/_modules.ts';
import { ask, createApplication } from './_client.ts';

const hello = () => new Response('Hello');
const HOSTS = { ALLOWED_HOSTS: ['testserver'] };

describe('settings', () => {
  test('are those that DJANGO_SETTINGS_MODULE names when it is called', async () => {
    useModules({
      'mysite.settings': { ...HOSTS, ROOT_URLCONF: 'mysite.urls' },
      'mysite.urls': { urlpatterns: [path('', hello)] },
    });
    useSettingsModule(undefined);
    process.env.DJANGO_SETTINGS_MODULE = 'mysite.settings';
    const answer = await ask(await getWsgiApplication(), '/');
    expect(answer).toMatchObject({ status: '200 OK', body: 'Hello' });
  });

  test('may be a dotted path of their own', async () => {
    useModules({ 'other.settings': { ...HOSTS, ROOT_URLCONF: { urlpatterns: [path('', hello)] } } });
    const application = await getWsgiApplication({ settings: 'other.settings' });
    expect((await ask(application, '/')).body).toBe('Hello');
  });

  test('may be an imported module, and then nothing is loaded by name', async () => {
    const application = await createApplication([path('', hello)]);
    expect((await ask(application, '/')).body).toBe('Hello');
  });

  test('are there for the URLconf as it loads', async () => {
    let seen: unknown;
    useModules({
      'mysite.settings': { DEBUG: true, ROOT_URLCONF: 'mysite.urls' },
      'mysite.urls': {
        get urlpatterns() {
          seen = settings.SETTINGS_MODULE;
          return [];
        },
      },
    });
    await getWsgiApplication({ settings: 'mysite.settings' });
    expect(seen).toBe('mysite.settings');
  });

  test('of two applications in one process do not mix', async () => {
    const one = await createApplication([path('', hello)], { ALLOWED_HOSTS: ['one'] });
    const two = await createApplication([path('', hello)], { ALLOWED_HOSTS: ['two'] });
    const environ = { HTTP_HOST: 'one' };
    expect((await ask(one, '/', { environ })).status).toBe('200 OK');
    expect((await ask(two, '/', { environ })).status).toBe('400 Bad Request');
  });
});

describe('a mistake shows at start', () => {
  /** What making an application of these settings and modules fails with. */
  async function failure(settings: object, modules: Parameters<typeof useModules>[0] = {}) {
    useModules({ 'mysite.settings': { ...settings }, ...modules });
    return getWsgiApplication({ settings: 'mysite.settings' }).then(
      () => expect.fail('The application was made, and should have failed.'),
      (error) => error,
    );
  }

  test('no DJANGO_SETTINGS_MODULE', async () => {
    useSettingsModule(undefined);
    await expect(getWsgiApplication()).rejects.toThrow('DJANGO_SETTINGS_MODULE is not set');
  });

  test('no ROOT_URLCONF', async () => {
    const error = await failure({});
    expect(error.name).toBe('ImproperlyConfigured');
    expect(error.message).toContain('ROOT_URLCONF is not set: the site has no URLs.');
    expect(error.hint).toBe("Add to the settings: export const ROOT_URLCONF = 'mysite.urls';");
  });

  test('a ROOT_URLCONF that is not there', async () => {
    expect(await failure({ ROOT_URLCONF: 'mysite.ursl' })).toMatchObject({
      message: "No module 'mysite.ursl'.",
    });
  });

  test('no urlpatterns', async () => {
    const error = await failure({ ROOT_URLCONF: 'mysite.urls' }, { 'mysite.urls': { home: hello } });
    expect(error.message).toBe("mysite/urls.ts: 'mysite.urls' has no export 'urlpatterns'.");
    expect(error.hint).toBe('Add to it: export const urlpatterns: URLPattern[] = [];');
  });

  test('urlpatterns with another spelling', async () => {
    const error = await failure({ ROOT_URLCONF: 'mysite.urls' }, { 'mysite.urls': { urlPatterns: [] } });
    expect(error.hint).toBe("Did you mean 'urlPatterns'?");
  });

  test('urlpatterns that are not a list', async () => {
    const error = await failure({ ROOT_URLCONF: 'mysite.urls' }, { 'mysite.urls': { urlpatterns: {} } });
    expect(error.message).toBe(
      "mysite/urls.ts: urlpatterns in 'mysite.urls' must be a list, found an object.",
    );
  });

  test('an item that path() did not make', async () => {
    const urlpatterns = [path('', hello), hello];
    const error = await failure({ ROOT_URLCONF: 'mysite.urls' }, { 'mysite.urls': { urlpatterns } });
    expect(error.message).toBe(
      "mysite/urls.ts: urlpatterns[1] in 'mysite.urls' must be made by path() or rePath(), found the function hello.",
    );
  });

  test('an included module without urlpatterns', async () => {
    const urlpatterns = [path('blog/', include('blog.urls'))];
    const error = await failure({ ROOT_URLCONF: { urlpatterns } }, { 'blog.urls': {} });
    expect(error.message).toMatch(
      /\.ts:\d+:\d+: include\('blog\.urls'\) names a module that has no export 'urlpatterns'\.$/,
    );
  });

  test('URLconfs that include each other', async () => {
    const error = await failure(
      { ROOT_URLCONF: 'mysite.urls' },
      {
        'mysite.urls': { urlpatterns: [path('blog/', include('blog.urls'))] },
        'blog.urls': { urlpatterns: [path('back/', include('mysite.urls'))] },
      },
    );
    expect(error.message).toMatch(
      /:\d+:\d+: URLconfs include each other: mysite\.urls -> blog\.urls -> mysite\.urls\.$/,
    );
  });

  test('an error handler that is not a function', async () => {
    const error = await failure({ ROOT_URLCONF: { urlpatterns: [], handler404: 'mysite.views.lost' } });
    expect(error.message).toBe(
      "handler404 in the module of ROOT_URLCONF must be a function, found 'mysite.views.lost'.",
    );
  });

  test('a middleware that is not there', async () => {
    const error = await failure(
      { ROOT_URLCONF: { urlpatterns: [] }, MIDDLEWARE: ['mysite.timing'] },
      { mysite: {} },
    );
    expect(error.message).toContain("MIDDLEWARE[0] 'mysite.timing'");
  });

  test('a middleware that is not a function', async () => {
    const error = await failure(
      { ROOT_URLCONF: { urlpatterns: [] }, MIDDLEWARE: ['mysite.timing'] },
      { mysite: { timing: 5 } },
    );
    expect(error.message).toContain("The middleware 'mysite.timing' must be a function, found 5.");
  });

  test('a middleware factory that returns nothing', async () => {
    const error = await failure(
      { ROOT_URLCONF: { urlpatterns: [] }, MIDDLEWARE: ['mysite.timing'] },
      { mysite: { timing: () => undefined } },
    );
    expect(error.message).toContain(
      "The middleware 'mysite.timing' returned undefined in place of a function.",
    );
  });
});
