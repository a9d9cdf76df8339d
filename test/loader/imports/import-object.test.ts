import { describe, expect, onTestFinished, test } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import { importModule, importObject } from '../../../src/loader/imports/import-object.ts';
import {
  installedLoader,
  installLoader,
  type ModuleLoader,
} from '../../../src/loader/imports/installed-loader.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { useLoader, useModules } from '../../conf/_modules.ts';

const APP = { asker: 'APP', example: 'mysite.wsgi.application' };

describe('an object of a dotted path', () => {
  const application = () => [];

  test.each(['mysite.wsgi.application', 'mysite.wsgi:application'])('is found by %s', async (path) => {
    useModules({ 'mysite.wsgi': { application } });
    expect(await importObject(path, APP)).toEqual({
      value: application,
      file: '/site/mysite/wsgi.ts',
      exports: { application },
    });
  });

  test('can be an attribute of an attribute', async () => {
    useModules({ 'mysite.wsgi': { site: { inner: { application } } } });
    expect((await importObject('mysite.wsgi:site.inner.application', APP)).value).toBe(application);
  });

  test('can be an attribute of a function', async () => {
    useModules({ 'mysite.wsgi': { site: Object.assign(() => {}, { application }) } });
    expect((await importObject('mysite.wsgi:site.application', APP)).value).toBe(application);
  });

  test.each([undefined, null, 0, false])('can be %s', async (value) => {
    useModules({ 'mysite.wsgi': { application: value } });
    expect((await importObject('mysite.wsgi.application', APP)).value).toBe(value);
  });

  test('can be a promise, which is not awaited', async () => {
    const promise = new Promise(() => {});
    useModules({ 'mysite.wsgi': { application: promise } });
    expect((await importObject('mysite.wsgi.application', APP)).value).toBe(promise);
  });
});

describe('an error for a dotted path', () => {
  async function failure(path: string, exports: Record<string, unknown>, loader?: ModuleLoader) {
    if (loader) useLoader(loader);
    else useModules({ 'mysite.wsgi': exports });
    const error = await importObject(path, { ...APP, asker: 'WSGI_APPLICATION' }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ImproperlyConfigured);
    return error as ImproperlyConfigured;
  }

  test('names the file of a missing export, and how to add the export', async () => {
    const { message, hint, location } = await failure('mysite.wsgi.application', {});
    expect([message, hint, location]).toEqual([
      "WSGI_APPLICATION 'mysite.wsgi.application': mysite/wsgi.ts has no export 'application'.",
      'Add "export const application = …" to mysite/wsgi.ts, or correct WSGI_APPLICATION.',
      { file: '/site/mysite/wsgi.ts' },
    ]);
  });

  test('suggests an export with a similar name', async () => {
    const { hint } = await failure('mysite.wsgi.application', { aplication: 1, other: 2 });
    expect(hint).toBe("Did you mean 'aplication'?");
  });

  test('names an attribute that the object does not have', async () => {
    const { message, hint } = await failure('mysite.wsgi:site.application', { site: {} });
    expect([message, hint]).toEqual([
      "WSGI_APPLICATION 'mysite.wsgi:site.application': 'site' in mysite/wsgi.ts has no attribute 'application'.",
      'Correct WSGI_APPLICATION.',
    ]);
  });

  test.each([null, undefined, 5, 'text'])('names a missing attribute of %s', async (site) => {
    const { message } = await failure('mysite.wsgi:site.application', { site });
    expect(message).toContain("'site' in mysite/wsgi.ts has no attribute 'application'");
  });

  test('has the absolute path of a file outside of the root', async () => {
    const module = { file: '/site-lib/wsgi.ts', exports: {} };
    const loader = { root: '/site', importModule: async () => module, importModuleSync: () => module };
    const { message } = await failure('mysite.wsgi.application', {}, loader);
    expect(message).toContain("/site-lib/wsgi.ts has no export 'application'");
  });

  test('is raised for a text that is not a path', async () => {
    expect((await failure('application', {})).message).toBe(
      "WSGI_APPLICATION 'application' does not name an object in a module.",
    );
  });

  test('is raised for a missing module', async () => {
    expect((await failure('mysite.other.application', {})).message).toBe("No module 'mysite.other'.");
  });
});

describe('importModule()', () => {
  test('uses the installed loader', async () => {
    const exports = { a: 1 };
    useModules({ 'mysite.urls': exports });
    expect((await importModule('mysite.urls')).exports).toBe(exports);
  });

  test('uses Node and the working directory when no loader is installed', async () => {
    const before = { loader: installedLoader(), cwd: process.cwd() };
    onTestFinished(() => {
      installLoader(before.loader as ModuleLoader);
      process.chdir(before.cwd);
    });
    process.chdir(temporaryFolder({ 'mysite/urls.mjs': 'export const a = 1' }));
    installLoader(undefined as unknown as ModuleLoader);
    expect((await importModule('mysite.urls')).exports.a).toBe(1);
  });
});
