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
  test('is the object that WSGI_APPLICATION names', async () => {
    expect((await load(NAMED, { application })).application).toBe(application);
  });

  test('can be named with a colon', async () => {
    const settings = { WSGI_APPLICATION: 'mysite.wsgi:site.application' };
    expect((await load(settings, { site: { application } })).application).toBe(application);
  });

  test.each([{}, { WSGI_APPLICATION: null }, { WSGI_APPLICATION: undefined }])(
    'is the result of getWsgiApplication() with %j',
    async (settings) => {
      expect((await load(settings)).application).toBe(byDefault);
    },
  );

  test('that is given and is not a module is named in the error as it was written', async () => {
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

  test('is created by the copy of this package that the site imports', async () => {
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

  test('is loaded with its settings, URLs and views by the running package when the site has none', async () => {
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

describe('the loaded application has', () => {
  test.each([true, false])('the flag that DEBUG is %s', async (DEBUG) => {
    const settings = { ...NAMED, DEBUG, ALLOWED_HOSTS: ['localhost'] };
    expect((await load(settings, { application })).debug).toBe(DEBUG);
  });

  test('no notes for correct settings', async () => {
    expect((await load(NAMED, { application })).notes).toEqual([]);
  });

  test('a note for a setting that is probably misspelt', async () => {
    expect((await load({ ...NAMED, ALLOWED_HOST: [] }, { application })).notes).toEqual([
      'settings.ALLOWED_HOST is not a setting: did you mean ALLOWED_HOSTS?',
    ]);
  });
});

describe('without DEBUG and ALLOWED_HOSTS', () => {
  const UNSAFE = { ...NAMED, DEBUG: false };

  test('nothing is loaded, and the error names the settings file', async () => {
    const { message, hint, location } = await failure(UNSAFE, { application });
    expect([message, hint, location]).toEqual([
      expect.stringMatching(
        /settings\.ts: DEBUG is false and ALLOWED_HOSTS names no host: all requests would be refused\.$/,
      ),
      "Name the hosts that the site answers to: export const ALLOWED_HOSTS = ['localhost'];",
      { file: '/site/mysite/settings.ts' },
    ]);
  });

  test('the hint is a misspelt setting, since it may be the cause', async () => {
    const { hint } = await failure({ ...UNSAFE, DEBUGG: true }, { application });
    expect(hint).toBe('DEBUGG is not a setting: did you mean DEBUG?');
  });

  test('the application is loaded when the checks are skipped', async () => {
    const loaded = await load(UNSAFE, { application }, true);
    expect(loaded.application).toBe(application);
  });
});

describe('the object of WSGI_APPLICATION is refused', () => {
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

  test('when it is a promise, with advice', async () => {
    const { message, hint } = await failure(NAMED, { application: Promise.resolve(application) });
    expect(message).toBe("WSGI_APPLICATION 'mysite.wsgi.application' is a promise, and must be a function.");
    expect(hint).toBe('Await it: export const application = await getWsgiApplication();');
  });

  test('when it is a promise that rejects, which causes no unhandled rejection', async () => {
    const { message } = await failure(NAMED, { application: Promise.reject(new Error('later')) });
    expect(message).toMatch(/is a promise/);
  });

  test('when it does not exist', async () => {
    expect((await failure(NAMED, {})).message).toMatch(/mysite\/wsgi\.ts has no export 'application'/);
  });
});

describe('an error of the site is passed on', () => {
  test('from its settings', async () => {
    expect((await failure({ DEBUG: 'yes' })).message).toMatch(/The DEBUG setting must be .*, found 'yes'\.$/);
  });

  test('for missing settings', async () => {
    useModules({});
    await expect(loadApplication(LOADER, 'mysite.settings', { skipChecks: false })).rejects.toThrow(
      "No module 'mysite.settings'.",
    );
  });

  test('from getWsgiApplication()', async () => {
    useModules({ 'mysite.settings': { DEBUG: true } });
    const thrown = new RangeError('no');
    const loader = siteLoader(() => Promise.reject(thrown));
    await expect(loadApplication(loader, 'mysite.settings', { skipChecks: false })).rejects.toBe(thrown);
  });
});
