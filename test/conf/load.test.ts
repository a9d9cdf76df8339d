import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../src/conf/load.ts';
import type { ImproperlyConfigured } from '../../src/errors.ts';
import type { Files } from '../_temp-folder.ts';
import { createSite } from '../loader/_site.ts';
import { useLoader, useModules } from './_modules.ts';

/** What loading `mysite.settings` of these files fails with. */
async function failure(files: Files): Promise<ImproperlyConfigured> {
  const site = createSite(files);
  useLoader(site.loader);
  return loadSettings('mysite.settings').then(
    () => expect.fail('The settings loaded, and should have failed.'),
    (error) => error,
  );
}

describe('loaded settings:', () => {
  test('names that a module leaves out have their defaults', async () => {
    useModules({ 'mysite.settings': {} });
    expect((await loadSettings('mysite.settings')).values).toEqual({
      DEBUG: false,
      SECRET_KEY: '',
      ALLOWED_HOSTS: [],
      MIDDLEWARE: [],
      ROOT_URLCONF: null,
      WSGI_APPLICATION: null,
      DATA_UPLOAD_MAX_MEMORY_SIZE: 2_621_440,
      APPEND_SLASH: true,
      USE_X_FORWARDED_HOST: false,
      SECURE_PROXY_SSL_HEADER: null,
      STATIC_URL: 'static/',
      STATICFILES_DIRS: [],
      FORCE_SCRIPT_NAME: null,
    });
  });

  test('a name that a module exports takes the place of the default', async () => {
    useModules({ 'mysite.settings': { DEBUG: true } });
    expect((await loadSettings('mysite.settings')).values.DEBUG).toBe(true);
  });

  test('upper-case names of the site itself are kept', async () => {
    useModules({ 'mysite.settings': { NEWSLETTER_2: 'x' } });
    expect((await loadSettings('mysite.settings')).values).toMatchObject({ NEWSLETTER_2: 'x' });
  });

  test('lower-case and mixed-case names are ignored', async () => {
    const settings = await loadSettings({ debug: true, Debug: true, path: {}, default: {} });
    expect(settings.overridden.size).toBe(0);
    expect(settings.values).not.toHaveProperty('debug');
  });

  test('a value of undefined means the default', async () => {
    const settings = await loadSettings({ WSGI_APPLICATION: undefined });
    expect(settings.values.WSGI_APPLICATION).toBe(null);
  });

  test('an imported module does as well as a dotted path', async () => {
    const settings = await loadSettings({ DEBUG: true });
    expect(settings).toMatchObject({ module: null, file: undefined, values: { DEBUG: true } });
  });

  test('settings do not change once they are loaded', async () => {
    const source = { DEBUG: true };
    const settings = await loadSettings(source);
    source.DEBUG = false;
    expect(settings.values.DEBUG).toBe(true);
    expect(Object.isFrozen(settings.values)).toBe(true);
  });

  test('a module that passes on another and overrides a name makes a second set of settings', async () => {
    const site = createSite({
      'mysite/settings.ts': `export const DEBUG = true\nexport const ALLOWED_HOSTS = ['a']`,
      'mysite/production.ts': `export * from './settings.ts'\nexport const DEBUG = false`,
    });
    useLoader(site.loader);
    const { values } = await loadSettings('mysite.production');
    expect(values).toMatchObject({ DEBUG: false, ALLOWED_HOSTS: ['a'] });
  });
});

describe('wrong types', () => {
  test.each([
    ['DEBUG', 'false', "The DEBUG setting must be true or false, found 'false'."],
    ['SECRET_KEY', 1, 'The SECRET_KEY setting must be a string, found 1.'],
    ['ALLOWED_HOSTS', 'a.b', "The ALLOWED_HOSTS setting must be a list of strings, found 'a.b'."],
    ['ALLOWED_HOSTS', ['a', 5], "The ALLOWED_HOSTS setting must be a list of strings, found ['a', 5]."],
    ['ALLOWED_HOSTS', null, 'The ALLOWED_HOSTS setting must be a list of strings, found null.'],
    [
      'MIDDLEWARE',
      [{}],
      'The MIDDLEWARE setting must be a list of dotted paths or functions, found [an object].',
    ],
    ['ROOT_URLCONF', '', "The ROOT_URLCONF setting must be a dotted path or an imported module, found ''."],
    [
      'WSGI_APPLICATION',
      () => [],
      'The WSGI_APPLICATION setting must be a dotted path or null, found an anonymous function',
    ],
    [
      'DATA_UPLOAD_MAX_MEMORY_SIZE',
      '2.5 MB',
      "The DATA_UPLOAD_MAX_MEMORY_SIZE setting must be a number of bytes or null, found '2.5 MB'.",
    ],
    ['APPEND_SLASH', 0, 'The APPEND_SLASH setting must be true or false, found 0.'],
    ['USE_X_FORWARDED_HOST', 'on', 'The USE_X_FORWARDED_HOST setting must be true or false'],
    ['SECURE_PROXY_SSL_HEADER', ['X'], 'The SECURE_PROXY_SSL_HEADER setting must be a pair of strings'],
    ['FORCE_SCRIPT_NAME', 'app', 'The FORCE_SCRIPT_NAME setting must be a path with a slash at its start'],
    ['FORCE_SCRIPT_NAME', '/app/', 'The FORCE_SCRIPT_NAME setting must be a path with a slash at its start'],
  ])('%s must not be %j', async (name, value, message) => {
    await expect(loadSettings({ [name]: value })).rejects.toThrow(message);
  });

  test('the hint shows a line that would be right', async () => {
    const error = await failure({ 'mysite/settings.ts': `export const ALLOWED_HOSTS = 'example.com'` });
    expect(error.hint).toBe("Write it like this: export const ALLOWED_HOSTS = ['www.example.com'];");
  });

  test('all wrong values are told at once, each with its line', async () => {
    const error = await failure({
      'mysite/settings.ts': `export const DEBUG = 'yes';\nexport const ALLOWED_HOSTS = 'a.b';\nexport const STATIC_URL = 'a/';\n`,
    });
    expect(error.message.split('\n')).toEqual([
      "mysite/settings.ts:1:14: The DEBUG setting must be true or false, found 'yes'.",
      "mysite/settings.ts:2:14: The ALLOWED_HOSTS setting must be a list of strings, found 'a.b'.",
    ]);
    expect(error.hint).toBe(
      "Write them like this: export const DEBUG = true; export const ALLOWED_HOSTS = ['www.example.com'];",
    );
    expect(error.codeFrame).toContain("> 1 | export const DEBUG = 'yes'");
    await expect(loadSettings({ DEBUG: 1, APPEND_SLASH: 1 })).rejects.toThrow(/DEBUG .*\n.*APPEND_SLASH/);
  });

  test('a long value is shortened', async () => {
    await expect(loadSettings({ DEBUG: 'x'.repeat(500) })).rejects.toThrow(/found 'x{79}…\.$/);
  });
});

describe('where a wrong value is', () => {
  test('the message begins with file, line and column', async () => {
    const error = await failure({ 'mysite/settings.ts': `// DEBUG\nexport const DEBUG: unknown = 'yes'\n` });
    expect(error.message).toBe(
      "mysite/settings.ts:2:14: The DEBUG setting must be true or false, found 'yes'.",
    );
    expect(error.location).toMatchObject({ line: 2, column: 14 });
    expect(path.basename(error.location!.file)).toBe('settings.ts');
  });

  test('the error has the lines around it', async () => {
    const error = await failure({ 'mysite/settings.ts': `\nexport const DEBUG = 1` });
    expect(error.codeFrame).toContain('> 2 | export const DEBUG = 1');
  });

  test('it is found behind a module that passes another on', async () => {
    const error = await failure({
      'mysite/settings.ts': `export * from "./base.ts"\nexport const DEBUG = true`,
      'mysite/base.ts': `export * from '../common'`,
      'common.ts': `\n\nexport const APPEND_SLASH = 'no'`,
    });
    expect(error.message).toMatch(/^common\.ts:3:14: The APPEND_SLASH/);
  });

  test('it is found in a list of exports', async () => {
    const error = await failure({ 'mysite/settings.ts': `const DEBUG = 1, A = 2\nexport { A, DEBUG }` });
    expect(error.message).toMatch(/^mysite\/settings\.ts:2:13: The DEBUG/);
  });

  test('modules that pass each other on are not an endless circle', async () => {
    const error = await failure({
      'mysite/settings.ts': `export * from './base.ts'\nexport const [DEBUG] = [1]`,
      'mysite/base.ts': `export * from './settings.ts'`,
    });
    expect(error.message).toMatch(/^mysite\/settings\.ts: The DEBUG/);
  });
});

describe('modules that do not load', () => {
  test('a missing module is reported as missing', async () => {
    const error = await failure({ 'mysite/other.ts': '' });
    expect(error.message).toContain("'mysite.settings'");
  });

  test('a module that throws is reported with its line', async () => {
    const error = await failure({ 'mysite/settings.ts': `\nthrow new Error('no database')` });
    expect(error.message).toMatch(/^mysite\/settings\.ts:2:7: loading failed: Error: no database/);
  });
});

test.each([
  ['export default { DEBUG: true };', '1:8'],
  ['const settings = { DEBUG: true };\nexport default settings;', '2:8'],
  ['const settings = { DEBUG: true };\nexport { settings as default };', '2:22'],
])(
  'settings in a default export are an error with its line, and how to write them',
  async (source, place) => {
    const { message, hint } = await failure({ 'mysite/settings.ts': source });
    expect(message).toBe(
      `mysite/settings.ts:${place}: The settings are in a default export, which is not read.`,
    );
    expect(hint).toBe('Export each by its name: export const DEBUG = true;');
  },
);
