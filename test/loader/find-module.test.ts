import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  EXTENSIONS,
  findByBase,
  findModule,
  isFile,
  modulesIn,
  nearestModule,
} from '../../src/loader/find-module.ts';
import { temporaryFolder } from '../_temp-folder.ts';

describe('the file for a dotted path', () => {
  test.each(EXTENSIONS)('may have the extension %s', (extension) => {
    const root = temporaryFolder({ [`mysite/wsgi${extension}`]: '' });
    expect(findModule(root, 'mysite.wsgi').file).toBe(path.join(root, `mysite/wsgi${extension}`));
  });

  test.each(EXTENSIONS)('may be the index%s of a folder', (extension) => {
    const root = temporaryFolder({ [`mysite/settings/index${extension}`]: '' });
    expect(findModule(root, 'mysite.settings').file).toBe(
      path.join(root, `mysite/settings/index${extension}`),
    );
  });

  test('is the TypeScript file when a JavaScript file exists too', () => {
    const root = temporaryFolder({ 'a.js': '', 'a.ts': '' });
    expect(findModule(root, 'a').file).toBe(path.join(root, 'a.ts'));
  });

  test('is the file when a folder of the same name exists too', () => {
    const root = temporaryFolder({ 'a/index.ts': '', 'a.js': '' });
    expect(findModule(root, 'a').file).toBe(path.join(root, 'a.js'));
  });

  test('is never a folder, even if its name has an extension', () => {
    const root = temporaryFolder({ 'a.ts/x.txt': '' });
    expect(findModule(root, 'a').file).toBeUndefined();
  });
});

describe('the list of tried paths', () => {
  test('contains every possible file when no module is found', () => {
    const { file, missing } = findByBase('/nowhere/a');
    expect(file).toBeUndefined();
    expect(missing).toEqual([
      ...EXTENSIONS.map((extension) => `/nowhere/a${extension}`),
      ...EXTENSIONS.map((extension) => `/nowhere/a/index${extension}`),
    ]);
  });

  test('contains the paths that have priority over the found file', () => {
    const root = temporaryFolder({ 'a.mts': '' });
    const names = findByBase(path.join(root, 'a')).missing.map((file) => path.basename(file));
    expect(names).toEqual(['a.ts', 'a.tsx']);
  });
});

describe('the nearest module', () => {
  const FILES = { 'mysite/settings.ts': '', 'mysite/wsgi.mjs': '', 'mysite/views/home.ts': '' };

  test.each([
    ['mysite.setings', 'mysite.settings'],
    ['mysit.settings', 'mysite.settings'],
    ['mysit.setings', 'mysite.settings'],
    ['mysite.wsgy', 'mysite.wsgi'],
    ['mysite.veiws.hone', 'mysite.views.home'],
  ])('to %s is %s', (dotted, near) => {
    expect(nearestModule(temporaryFolder(FILES), dotted)).toBe(near);
  });

  test('is undefined when no name is similar', () => {
    expect(nearestModule(temporaryFolder(FILES), 'other.settings')).toBeUndefined();
  });

  test('is undefined when only the folder is similar', () => {
    expect(nearestModule(temporaryFolder(FILES), 'mysite.xyz')).toBeUndefined();
  });

  test('is never in a hidden folder or in a package', () => {
    const root = temporaryFolder({ '.mysite/a.ts': '', 'node_modules/a.ts': '' });
    expect(nearestModule(root, 'mysite.a')).toBeUndefined();
    expect(nearestModule(root, 'node_module.a')).toBeUndefined();
  });

  test('is always a source file', () => {
    expect(nearestModule(temporaryFolder({ 'mysite/wsgi.txt': '' }), 'mysite.wsgy')).toBeUndefined();
  });

  test('is never the requested path itself, when that is a folder without an index', () => {
    const root = temporaryFolder({ 'mysite/settings/base.ts': '' });
    expect(nearestModule(root, 'mysite.settings')).toBeUndefined();
  });

  test('is undefined when the folder does not exist', () => {
    expect(nearestModule('/nowhere', 'a')).toBeUndefined();
  });
});

test('the list of modules in a folder contains only names that a dotted path can have', () => {
  const root = temporaryFolder({ 'a/b/c.ts': '', 'a/b/d/index.js': '', 'a/b/e/f.ts': '', 'a/b/g.txt': '' });
  expect(modulesIn(root, 'a.b')).toEqual(['a.b.c', 'a.b.d']);
  expect(modulesIn(root, 'a.nothing')).toEqual([]);
});

test('isFile() is true for a file only', () => {
  const root = temporaryFolder({ 'a.ts': '' });
  mkdirSync(path.join(root, 'folder'));
  expect(['a.ts', 'folder', 'nothing', 'a.ts/b'].map((name) => isFile(path.join(root, name)))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
