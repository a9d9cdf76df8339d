import { describe, expect, onTestFinished, test } from 'vitest';
import { findProject } from '../../src/cli/find-project.ts';
import type { SettingsSource } from '../../src/conf/settings-source.ts';
import type { ImproperlyConfigured } from '../../src/errors.ts';
import { getWsgiApplication } from '../../src/handler/index.ts';
import { loadApplication } from '../../src/worker/site/load-application.ts';
import { temporaryFolder } from '../_temp-folder.ts';
import { useLoader, useSettingsModule } from '../conf/_modules.ts';
import { createSite } from '../loader/_site.ts';

const SETTINGS = `export const DEBUG = true;
export const SECRET_KEY = 'x';
export const ROOT_URLCONF = 'mysite.urls';
`;
const URLS = 'export const urlpatterns = [];';

/** What the start of a site with these files fails with. */
async function failure(files: Readonly<Record<string, string>>): Promise<ImproperlyConfigured> {
  const { loader } = createSite({ 'mysite/settings.ts': SETTINGS, 'mysite/urls.ts': URLS, ...files });
  useLoader(loader);
  useSettingsModule('mysite.settings');
  return loadApplication(loader, 'mysite.settings', { skipChecks: true }).then(
    () => expect.fail('The site loaded, and should have failed.'),
    (error) => error,
  );
}

/** A settings module with this list in lines 4 to 7. */
const withMiddleware = (path: string) =>
  `${SETTINGS}export const MIDDLEWARE = [\n  (getResponse) => getResponse,\n  '${path}',\n];\nexport const OTHER = '${path}';\n`;

describe('a path of MIDDLEWARE that leads nowhere is shown by its index and line:', () => {
  test('no such module', async () => {
    const error = await failure({ 'mysite/settings.ts': withMiddleware('mysite.gone.timing') });
    expect(error.message).toMatch(
      /^mysite\/settings\.ts:6:3: MIDDLEWARE\[1\] 'mysite\.gone\.timing': There is no module 'mysite\.gone' in /,
    );
    expect(error.location).toMatchObject({ line: 6, column: 3 });
    expect(error.codeFrame).toContain("> 6 |   'mysite.gone.timing',");
  });

  test('no such export, with the nearest one', async () => {
    const error = await failure({
      'mysite/settings.ts': withMiddleware('mysite.middleware.tming'),
      'mysite/middleware.ts': 'export const timing = (getResponse) => getResponse;',
    });
    expect(error.message).toBe(
      "mysite/settings.ts:6:3: MIDDLEWARE[1] 'mysite.middleware.tming': mysite/middleware.ts has no export 'tming'.",
    );
    expect(error.hint).toBe("Did you mean 'timing'?");
  });

  test('a name without dots, for which the hint has the path of a middleware', async () => {
    const error = await failure({ 'mysite/settings.ts': withMiddleware('nodots') });
    expect(error.message).toBe(
      "mysite/settings.ts:6:3: MIDDLEWARE[1] 'nodots' does not name an object in a module.",
    );
    expect(error.hint).toBe("Write 'module.object', as in 'mysite.middleware.nodots'.");
  });

  test('a module without the function in it, for which the hint has one that is there', async () => {
    const error = await failure({
      'mysite/settings.ts': withMiddleware('mysite.middleware'),
      'mysite/middleware.ts': 'export const LIMIT = 5; export const session = (getResponse) => getResponse;',
    });
    expect(error.message).toMatch(
      /6:3: MIDDLEWARE\[1\] 'mysite\.middleware' names a module, not an object in it\./,
    );
    expect(error.hint).toBe("Add the object: 'mysite.middleware.session'.");
  });

  test('in settings that another module extends', async () => {
    const error = await failure({
      'mysite/base.ts': withMiddleware('mysite.gone.timing'),
      'mysite/settings.ts': "export * from './base.ts';",
    });
    expect(error.message).toMatch(/^mysite\/base\.ts:6:3: MIDDLEWARE\[1\] /);
  });

  test('a module that fails to load is shown by its own line', async () => {
    const error = await failure({
      'mysite/settings.ts': withMiddleware('mysite.middleware.timing'),
      'mysite/middleware.ts': '\nthrow new Error("broken");',
    });
    expect(error.message).toBe('mysite/middleware.ts:2:7: loading failed: Error: broken');
  });
});

test.each(['ROOT_URLCONF', 'WSGI_APPLICATION'])('%s is shown with its line', async (name) => {
  const settings = SETTINGS.replace(/export const ROOT.*\n/, '');
  const error = await failure({
    'mysite/settings.ts': `${settings}export const ${name} = 'mysite.gone.it';\n`,
  });
  expect(error.message).toMatch(
    new RegExp(`^mysite/settings\\.ts:3:\\d+: ${name} 'mysite\\.gone\\.it': There is no module`),
  );
  expect(error.codeFrame).toContain(`> 3 | export const ${name}`);
});

describe('an include() whose path leads nowhere is shown with its line', () => {
  const IMPORT = "import { include, path } from 'startproject/urls';\n";

  test('where it is written in the pattern', async () => {
    const error = await failure({
      'mysite/urls.ts': `${IMPORT}export const urlpatterns = [\n  path('a/', include('a.urls')),\n  path('blog/', include('blog.urls')),\n];`,
      'a/urls.ts': URLS,
    });
    expect(error.message).toMatch(
      /^mysite\/urls\.ts:4:17: include\('blog\.urls'\): There is no module 'blog\.urls' in .*: neither blog\/urls\.ts nor blog\/urls\/index\.ts exists\.$/,
    );
    expect(error.codeFrame).toContain("> 4 |   path('blog/', include('blog.urls')),");
  });

  test('where it is written before the pattern', async () => {
    const error = await failure({
      'mysite/urls.ts': `${IMPORT}const blog = include('blog.urls');\nexport const urlpatterns = [path('blog/', blog)];`,
    });
    expect(error.message).toMatch(/^mysite\/urls\.ts:2:14: include\('blog\.urls'\): There is no module/);
  });

  test('where the module includes itself', async () => {
    const error = await failure({
      'mysite/urls.ts': `${IMPORT}export const urlpatterns = [path('blog/', include('mysite.urls'))];`,
    });
    expect(error.message).toBe(
      'mysite/urls.ts:2:43: URLconfs include each other: mysite.urls -> mysite.urls.',
    );
  });
});

test('a handler404 that is a dotted path is shown with its line, and how to write it', async () => {
  const error = await failure({
    'mysite/urls.ts': `${URLS}\nexport const handler404 = 'mysite.views.lost';`,
  });
  expect(error.message).toBe(
    "mysite/urls.ts:2:14: handler404 in 'mysite.urls' must be a function, found 'mysite.views.lost'.",
  );
  expect(error.hint).toBe(
    'A dotted path is not enough here: import the function, and export it by this name.',
  );
});

describe('a settings module that is not there is shown with what has named it:', () => {
  const loadNamed = (settingsSource?: SettingsSource) => {
    const { loader } = createSite({});
    useLoader(loader);
    return loadApplication(loader, 'mysite.nope', { skipChecks: true, settingsSource });
  };

  test('an option', async () => {
    await expect(loadNamed({ name: '--settings' })).rejects.toThrow(
      /^--settings 'mysite\.nope': There is no module 'mysite\.nope' in /,
    );
  });

  test('a line of a file', async () => {
    const root = temporaryFolder({ 'package.json': '{\n  "startproject": { "settings": "mysite.nope" }\n}' });
    const { settingsSource } = findProject(root, {});
    const error: ImproperlyConfigured = await loadNamed(settingsSource).catch((error) => error);
    expect(error.message).toMatch(/package\.json:2:21: startproject\.settings 'mysite\.nope': There is no/);
    expect(error.codeFrame).toContain('> 2 |   "startproject": { "settings"');
  });

  test('wsgi.ts, which sets DJANGO_SETTINGS_MODULE', async () => {
    const { loader } = createSite({
      'mysite/wsgi.ts':
        "import { load } from '../load.ts';\nprocess.env.DJANGO_SETTINGS_MODULE = 'mysite.nope';\nexport const application = await load();",
      'load.ts': 'export const load = async () => globalThis.loadSite();',
    });
    useLoader(loader);
    useSettingsModule('overwritten');
    Object.assign(globalThis, { loadSite: () => getWsgiApplication() });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, 'loadSite'));
    await expect(loader.importModule('mysite.wsgi')).rejects.toThrow(
      /^mysite\/wsgi\.ts:2:13: DJANGO_SETTINGS_MODULE 'mysite\.nope': There is no module/,
    );
  });

  test('the environment alone', async () => {
    const { loader } = createSite({});
    useLoader(loader);
    useSettingsModule('mysite.nope');
    await expect(getWsgiApplication()).rejects.toThrow(
      /^DJANGO_SETTINGS_MODULE 'mysite\.nope': There is no module/,
    );
  });
});
