import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import type { SiteLoader } from '../../../src/loader/site-loader.ts';
import { loadApplication } from '../../../src/worker/site/load-application.ts';
import { useLoader, useModules, useSettingsModule } from '../../conf/_modules.ts';
import { createSite } from '../../loader/_site.ts';

const application = () => [];
const byDefault = () => [];

/** Stands for the copy of this package that the site imports. */
function siteLoader(getWsgiApplication: () => Promise<unknown>): SiteLoader {
  const modules: Record<string, object> = {
    'startproject/wsgi': { getWsgiApplication },
  };
  const importPackage = async (specifier: string) => modules[specifier];
  return { root: '/nowhere', importPackage } as unknown as SiteLoader;
}

const LOADER = siteLoader(async () => byDefault);

/** Loads a site of these settings and of this `wsgi` module. */
function load(settings: object, wsgi: Record<string, unknown> = {}, skipChecks = false) {
  useModules({ 'mysite.settings': { DEBUG: true, ...settings }, 'mysite.wsgi': wsgi });
  return loadApplication(LOADER, 'mysite.settings', { skipChecks });
}

async function failure(settings: object, wsgi?: Record<string, unknown>): Promise<ImproperlyConfigured> {
  const error = await load(settings, wsgi).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ImproperlyConfigured);
  return error;
}

const NAMED = { WSGI_APPLICATION: 'mysite.wsgi.application' };

describe('the application', () => {
  test('is what WSGI_APPLICATION names', async () => {
    expect((await load(NAMED, { application })).application).toBe(application);
  });

  test('may be named with a colon', async () => {
    const settings = { WSGI_APPLICATION: 'mysite.wsgi:site.application' };
    expect((await load(settings, { site: { application } })).application).toBe(application);
  });

  test.each([{}, { WSGI_APPLICATION: null }, { WSGI_APPLICATION: undefined }])(
    'is that of getWsgiApplication() with %j',
    async (settings) => {
      expect((await load(settings)).application).toBe(byDefault);
    },
  );

  test('that is asked for and is not a module is named as it was written', async () => {
    const { loader } = createSite({
      'mysite/settings.ts': `export const DEBUG = true\nexport const SECRET_KEY = 'x'\nexport const ROOT_URLCONF = 'mysite.urls'`,
    });
    useLoader(loader);
    const loading = loadApplication(loader, 'mysite.settings', {
      skipChecks: false,
      application: 'mysite.nope',
    });
    await expect(loading).rejects.toThrow(/^There is no module 'mysite\.nope' /);
  });

  test('is made by the package that the site imports', async () => {
    const { loader } = createSite({
      'mysite/settings.ts': `export const DEBUG = true\nexport const SECRET_KEY = 'x'\nexport const ROOT_URLCONF = 'mysite.urls'`,
      'mysite/urls.ts': 'export const urlpatterns = []',
      'node_modules/startproject/package.json': '{ "type": "module", "exports": { "./*": "./*.js" } }',
      'node_modules/startproject/wsgi.js': `const own = () => []\nown.isOwn = true\nexport const getWsgiApplication = async () => own`,
    });
    useLoader(loader);
    const loaded = await loadApplication(loader, 'mysite.settings', { skipChecks: false });
    expect(loaded.application).toHaveProperty('isOwn', true);
  });

  test('is loaded with its settings, URLs and views by the package that runs when the site has none', async () => {
    const { loader } = createSite({
      'mysite/settings.ts': `export const DEBUG = true\nexport const SECRET_KEY = 'x'\nexport const ROOT_URLCONF = 'mysite.urls'`,
      'mysite/urls.ts': `import { path } from 'startproject/urls'\nexport const urlpatterns = [path('', () => new Response('home'))]`,
    });
    useLoader(loader);
    useSettingsModule('mysite.settings');
    const loaded = await loadApplication(loader, 'mysite.settings', { skipChecks: false });
    expect(loaded.application).toBeTypeOf('function');
  });
});

describe('with the application comes', () => {
  test.each([true, false])('whether DEBUG is %s', async (DEBUG) => {
    const settings = { ...NAMED, DEBUG, ALLOWED_HOSTS: ['localhost'] };
    expect((await load(settings, { application })).debug).toBe(DEBUG);
  });

  test('no note when the settings are right', async () => {
    expect((await load(NAMED, { application })).notes).toEqual([]);
  });

  test('a note for a setting that is probably misspelled', async () => {
    expect((await load({ ...NAMED, ALLOWED_HOST: [] }, { application })).notes).toEqual([
      'settings.ALLOWED_HOST is not a setting: did you mean ALLOWED_HOSTS?',
    ]);
  });
});

describe('without DEBUG and ALLOWED_HOSTS', () => {
  const UNSAFE = { ...NAMED, DEBUG: false };

  test('nothing is loaded, and the settings file is named', async () => {
    const { message, hint, location } = await failure(UNSAFE, { application });
    expect([message, hint, location]).toEqual([
      expect.stringMatching(
        /settings\.ts: DEBUG is false and ALLOWED_HOSTS names no host: all requests would be refused\.$/,
      ),
      "Name the hosts that the site answers to: export const ALLOWED_HOSTS = ['localhost'];",
      { file: '/site/mysite/settings.ts' },
    ]);
  });

  test('a setting that is misspelt is the hint, since it may be why', async () => {
    const { hint } = await failure({ ...UNSAFE, DEBUGG: true }, { application });
    expect(hint).toBe('DEBUGG is not a setting: did you mean DEBUG?');
  });

  test('the application is loaded when the checks are skipped', async () => {
    const loaded = await load(UNSAFE, { application }, true);
    expect(loaded.application).toBe(application);
  });
});

describe('what WSGI_APPLICATION names is refused', () => {
  test.each([
    ['a number', 7, 'number'],
    ['a text', 'x', 'string'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['an object', {}, 'object'],
  ])('when it is %s', async (_what, value, found) => {
    const { message, hint } = await failure(NAMED, { application: value });
    expect(message).toBe(
      `WSGI_APPLICATION 'mysite.wsgi.application' is not callable: found ${found}, expected a function.`,
    );
    expect(hint).toBe('A WSGI application is a function (environ, startResponse) => iterable of Uint8Array.');
  });

  test('when it is a promise, and how to fix that', async () => {
    const { message, hint } = await failure(NAMED, { application: Promise.resolve(application) });
    expect(message).toBe("WSGI_APPLICATION 'mysite.wsgi.application' is a promise, and must be a function.");
    expect(hint).toBe('Await it: export const application = await getWsgiApplication();');
  });

  test('when it is a promise that fails, which nobody else would wait for', async () => {
    const { message } = await failure(NAMED, { application: Promise.reject(new Error('later')) });
    expect(message).toMatch(/is a promise/);
  });

  test('when it is not there', async () => {
    expect((await failure(NAMED, {})).message).toMatch(/mysite\/wsgi\.ts has no export 'application'/);
  });
});

describe('what the site throws is passed on', () => {
  test('by its settings', async () => {
    expect((await failure({ DEBUG: 'yes' })).message).toMatch(/The DEBUG setting must be .*, found 'yes'\.$/);
  });

  test('for settings that are not there', async () => {
    useModules({});
    await expect(loadApplication(LOADER, 'mysite.settings', { skipChecks: false })).rejects.toThrow(
      "No module 'mysite.settings'.",
    );
  });

  test('by getWsgiApplication()', async () => {
    useModules({ 'mysite.settings': { DEBUG: true } });
    const thrown = new RangeError('no');
    const loader = siteLoader(() => Promise.reject(thrown));
    await expect(loadApplication(loader, 'mysite.settings', { skipChecks: false })).rejects.toBe(thrown);
  });
});
