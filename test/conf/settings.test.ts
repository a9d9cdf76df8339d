import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ActiveSettings } from '../../src/conf/active.ts';
import { lazySettings } from '../../src/conf/lazy-settings.ts';
import { loadSettings } from '../../src/conf/load.ts';
import { createSite } from '../loader/_site.ts';
import { useLoader, useModules } from './_modules.ts';

/** A `settings` object of its own, with what DJANGO_SETTINGS_MODULE is to be. */
function createSettings(settingsModule?: string) {
  const environment = { settingsModule };
  const active = new ActiveSettings(() => environment.settingsModule);
  return { settings: lazySettings(active), active, environment };
}

describe('before settings are loaded', () => {
  test('reading without DJANGO_SETTINGS_MODULE says what can be done', () => {
    const { settings } = createSettings();
    expect(() => settings.DEBUG).toThrow(
      expect.objectContaining({
        message: 'settings.DEBUG was read, but no settings module is selected.',
        hint: 'Set the environment variable DJANGO_SETTINGS_MODULE, call settings.configure(), or await getWsgiApplication() first.',
      }),
    );
  });

  test('the first access loads the module that DJANGO_SETTINGS_MODULE names', () => {
    useModules({ 'mysite.settings': { DEBUG: true } });
    const { settings } = createSettings('mysite.settings');
    expect(settings.DEBUG).toBe(true);
    expect(settings.SETTINGS_MODULE).toBe('mysite.settings');
  });

  test('nothing is loaded by asking whether settings are configured', () => {
    const { settings } = createSettings('mysite.settings');
    expect(settings.configured).toBe(false);
    expect(inspect(settings)).toBe('<LazySettings [Unevaluated]>');
  });

  test('a failed load is tried again at the next access', () => {
    const { settings, environment } = createSettings('mysite.none');
    useModules({ 'mysite.settings': { DEBUG: true } });
    expect(() => settings.DEBUG).toThrow("No module 'mysite.none'");
    environment.settingsModule = 'mysite.settings';
    expect(settings.DEBUG).toBe(true);
  });

  test('a settings module that imports a reader of settings gets an error that says so', () => {
    const { settings } = createSettings('mysite.settings');
    const exports = {
      get DEBUG() {
        return settings.DEBUG;
      },
    };
    useModules({ 'mysite.settings': exports });
    expect(() => settings.DEBUG).toThrow('settings.DEBUG is read while the settings are being loaded.');
  });

  test('a wrong type shows at the first access', () => {
    useModules({ 'mysite.settings': { DEBUG: 'yes' } });
    expect(() => createSettings('mysite.settings').settings.APPEND_SLASH).toThrow(
      "The DEBUG setting must be true or false, found 'yes'.",
    );
  });
});

describe('configure()', () => {
  test('sets settings over the defaults', () => {
    const { settings } = createSettings();
    settings.configure({ DEBUG: true });
    expect(settings.DEBUG).toBe(true);
    expect(settings.APPEND_SLASH).toBe(true);
    expect(settings.configured).toBe(true);
    expect(settings.SETTINGS_MODULE).toBe(null);
  });

  test('cannot be called twice', () => {
    const { settings } = createSettings();
    settings.configure({});
    expect(() => settings.configure({})).toThrow(
      'settings.configure() was called after settings were loaded or configured. Call it once, before the first setting is read.',
    );
  });

  test('cannot be called after settings were loaded', () => {
    useModules({ 'mysite.settings': {} });
    const { settings } = createSettings('mysite.settings');
    expect(settings.DEBUG).toBe(false);
    expect(() => settings.configure({})).toThrow(
      'settings.configure() was called after settings were loaded or configured. Call it once, before the first setting is read.',
    );
  });

  test('refuses a name in lower case', () => {
    expect(() => createSettings().settings.configure({ debug: true } as object)).toThrow(
      "settings.configure() takes upper-case names, found 'debug'.",
    );
  });

  test('refuses a wrong type', () => {
    expect(() => createSettings().settings.configure({ DEBUG: 'yes' } as object)).toThrow(
      "The DEBUG setting must be true or false, found 'yes'.",
    );
  });
});

describe('reading', () => {
  test('an empty SECRET_KEY throws, and only when it is read', () => {
    const { settings } = createSettings();
    settings.configure({ SECRET_KEY: '' });
    expect(settings.DEBUG).toBe(false);
    expect(() => settings.SECRET_KEY).toThrow('settings.SECRET_KEY was read, but it is empty.');
  });

  test('isOverridden() tells what the module sets itself, also when that is the default', () => {
    const { settings } = createSettings();
    settings.configure({ DEBUG: false });
    expect(settings.isOverridden('DEBUG')).toBe(true);
    expect(settings.isOverridden('APPEND_SLASH')).toBe(false);
  });

  test('a name that nobody has set is an error with the nearest name', () => {
    const { settings } = createSettings();
    settings.configure({});
    const read = () => (settings as unknown as Record<string, unknown>).ALOWED_HOSTS;
    expect(read).toThrow('There is no setting ALOWED_HOSTS.');
    expect(read).toThrow(expect.objectContaining({ hint: "Did you mean 'ALLOWED_HOSTS'?" }));
  });

  test('`in` asks for a name without an error', () => {
    const { settings } = createSettings();
    settings.configure({});
    expect('NEWSLETTER' in settings).toBe(false);
    expect('DEBUG' in settings).toBe(true);
  });

  test('settings cannot be assigned to', () => {
    const { settings } = createSettings();
    settings.configure({});
    expect(() => Object.assign(settings, { DEBUG: true })).toThrow('settings.DEBUG cannot be assigned to');
  });

  test('printing settings shows no values', () => {
    const { settings } = createSettings();
    settings.configure({ SECRET_KEY: 'hush' });
    expect(inspect(settings)).toBe('<LazySettings [Configured]>');
  });

  test('awaiting settings by mistake gives them back', async () => {
    const { settings } = createSettings();
    expect(await settings).toBe(settings);
  });
});

describe('loading for an application', () => {
  test('makes what was loaded the active settings', async () => {
    const { settings, active } = createSettings();
    await active.load({ DEBUG: true });
    expect(settings.DEBUG).toBe(true);
  });

  test('reads DJANGO_SETTINGS_MODULE at the time of the call', async () => {
    useModules({
      'one.settings': { FORCE_SCRIPT_NAME: '/one' },
      'two.settings': { FORCE_SCRIPT_NAME: '/two' },
    });
    const { settings, active, environment } = createSettings('one.settings');
    expect(settings.FORCE_SCRIPT_NAME).toBe('/one');
    environment.settingsModule = 'two.settings';
    await active.load();
    expect(settings.FORCE_SCRIPT_NAME).toBe('/two');
  });

  test('uses what configure() was given when nothing else is asked for', async () => {
    const { settings, active } = createSettings('mysite.settings');
    settings.configure({ DEBUG: true });
    expect((await active.load()).values.DEBUG).toBe(true);
  });

  test('without DJANGO_SETTINGS_MODULE it says what to write', async () => {
    const { active } = createSettings();
    await expect(active.load()).rejects.toThrow(
      'The application needs settings, but DJANGO_SETTINGS_MODULE is not set.',
    );
  });

  test('loadSettings() by itself leaves the active settings as they are', async () => {
    useModules({ 'mysite.settings': {} });
    const { settings } = createSettings('mysite.settings');
    await loadSettings('mysite.settings');
    expect(settings.configured).toBe(false);
  });
});

test('the loader of the servers loads settings at the first access', () => {
  const { loader } = createSite({ 'mysite/settings.ts': 'export const DEBUG = true' });
  useLoader(loader);
  expect(createSettings('mysite.settings').settings.DEBUG).toBe(true);
});

describe('of several sites', () => {
  test('each has its own where it is built, also when both load at once', async () => {
    const { settings, active } = createSettings();
    const read = async () => {
      const before = settings.FORCE_SCRIPT_NAME;
      await new Promise(setImmediate);
      return [before, settings.FORCE_SCRIPT_NAME];
    };
    const both = [{ FORCE_SCRIPT_NAME: '/one' }, { FORCE_SCRIPT_NAME: '/two' }];
    expect(await Promise.all(both.map((source) => active.load(source, read)))).toEqual([
      ['/one', '/one'],
      ['/two', '/two'],
    ]);
  });

  test('elsewhere they are those of the first', async () => {
    const { settings, active } = createSettings();
    await active.load({ FORCE_SCRIPT_NAME: '/one' });
    await active.load({ FORCE_SCRIPT_NAME: '/two' });
    expect(settings.FORCE_SCRIPT_NAME).toBe('/one');
  });

  test('one that fails to load leaves its place to the next', async () => {
    const { settings, active } = createSettings();
    await expect(active.load({ DEBUG: 'yes' })).rejects.toThrow('DEBUG');
    await active.load({ FORCE_SCRIPT_NAME: '/two' });
    expect(settings.FORCE_SCRIPT_NAME).toBe('/two');
    expect(active.hasSeveralSites).toBe(false);
  });

  test('two applications of one source are one site', async () => {
    const { active } = createSettings();
    const source = { DEBUG: true };
    await active.load(source);
    await active.load(source);
    expect(active.hasSeveralSites).toBe(false);
  });
});

test('a settings module that reads settings as it is loaded for an application is told so', async () => {
  const { settings, active } = createSettings();
  const source = {
    get DEBUG() {
      return settings.DEBUG;
    },
  };
  await expect(active.load(source)).rejects.toThrow(
    'settings.DEBUG is read while the settings are being loaded.',
  );
});
