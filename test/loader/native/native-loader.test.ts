import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import { nativeLoader } from '../../../src/loader/native/native-loader.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

function createLoader(files: Files) {
  const root = temporaryFolder(files);
  return { root, loader: nativeLoader(root) };
}

async function failure(files: Files, dotted: string): Promise<ImproperlyConfigured> {
  const error = await createLoader(files)
    .loader.importModule(dotted)
    .catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ImproperlyConfigured);
  return error;
}

test('importModule() returns a module and its file', async () => {
  const { root, loader } = createLoader({ 'mysite/urls.mjs': 'export const a = 1' });
  expect(loader.root).toBe(root);
  const { file, exports } = await loader.importModule('mysite.urls');
  expect([file, exports.a]).toEqual([path.join(root, 'mysite/urls.mjs'), 1]);
});

test('importModule() waits for a module with a top-level await', async () => {
  const { loader } = createLoader({ 'a.mjs': 'export const a = await Promise.resolve(1)' });
  expect((await loader.importModule('a')).exports.a).toBe(1);
});

test('a module is loaded once', async () => {
  const { loader } = createLoader({ 'a.mjs': 'export const a = {}' });
  expect((await loader.importModule('a')).exports.a).toBe((await loader.importModule('a')).exports.a);
});

describe('the error of importModule()', () => {
  test('names the file to create when there is no such module', async () => {
    const { message, hint } = await failure({ 'mysite/wsgi.mjs': '' }, 'mysite.wsgy');
    expect(message).toMatch(/^There is no module 'mysite\.wsgy' in .*: neither mysite\/wsgy\.ts nor /);
    expect(hint).toBe("Did you mean 'mysite.wsgi'?");
  });

  test('has no suggestion when no name is similar', async () => {
    const { hint } = await failure({}, 'mysite.wsgi');
    expect(hint).toBe('Create mysite/wsgi.ts, or correct the dotted path.');
  });

  test('has the place of an error that the module threw', async () => {
    const { message, cause } = await failure({ 'a.mjs': 'throw new RangeError("too much")' }, 'a');
    expect(message).toMatch(/^a\.mjs.*: loading failed: RangeError: too much$/);
    expect(cause).toBeInstanceOf(RangeError);
  });
});

test('of importModuleSync() says that the module is not loaded yet', () => {
  const { loader } = createLoader({ 'mysite/settings.mjs': '' });
  expect(() => loader.importModuleSync('mysite.settings')).toThrow(
    expect.objectContaining({
      constructor: ImproperlyConfigured,
      message: "'mysite.settings' is needed before it is loaded.",
      hint: 'Await getWsgiApplication() first, or call settings.configure().',
    }),
  );
});
