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

describe('the file of a dotted path', () => {
  test.each(EXTENSIONS)('may end in %s', (extension) => {
    const root = temporaryFolder({ [`mysite/wsgi${extension}`]: '' });
    expect(findModule(root, 'mysite.wsgi').file).toBe(path.join(root, `mysite/wsgi${extension}`));
  });

  test.each(EXTENSIONS)('may be the index%s of a folder', (extension) => {
    const root = temporaryFolder({ [`mysite/settings/index${extension}`]: '' });
    expect(findModule(root, 'mysite.settings').file).toBe(
      path.join(root, `mysite/settings/index${extension}`),
    );
  });

  test('is TypeScript when there is JavaScript as well', () => {
    const root = temporaryFolder({ 'a.js': '', 'a.ts': '' });
    expect(findModule(root, 'a').file).toBe(path.join(root, 'a.ts'));
  });

  test('is the file when there is a folder as well', () => {
    const root = temporaryFolder({ 'a/index.ts': '', 'a.js': '' });
    expect(findModule(root, 'a').file).toBe(path.join(root, 'a.js'));
  });

  test('is not a folder, whatever its name', () => {
    const root = temporaryFolder({ 'a.ts/x.txt': '' });
    expect(findModule(root, 'a').file).toBeUndefined();
  });
});

describe('what was looked for', () => {
  test('is told when nothing is found: every file that would have done', () => {
    const { file, missing } = findByBase('/nowhere/a');
    expect(file).toBeUndefined();
    expect(missing).toEqual([
      ...EXTENSIONS.map((extension) => `/nowhere/a${extension}`),
      ...EXTENSIONS.map((extension) => `/nowhere/a/index${extension}`),
    ]);
  });

  test('is told when something is found: what would have come before it', () => {
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
  ])('of %s is %s', (dotted, near) => {
    expect(nearestModule(temporaryFolder(FILES), dotted)).toBe(near);
  });

  test('is none when nothing is like it', () => {
    expect(nearestModule(temporaryFolder(FILES), 'other.settings')).toBeUndefined();
  });

  test('is none when its folder is like one and its file is like none', () => {
    expect(nearestModule(temporaryFolder(FILES), 'mysite.xyz')).toBeUndefined();
  });

  test('is not a hidden one and none of a package', () => {
    const root = temporaryFolder({ '.mysite/a.ts': '', 'node_modules/a.ts': '' });
    expect(nearestModule(root, 'mysite.a')).toBeUndefined();
    expect(nearestModule(root, 'node_module.a')).toBeUndefined();
  });

  test('is nothing but source', () => {
    expect(nearestModule(temporaryFolder({ 'mysite/wsgi.txt': '' }), 'mysite.wsgy')).toBeUndefined();
  });

  test('is not the very path that was not found, when that is a folder without an index', () => {
    const root = temporaryFolder({ 'mysite/settings/base.ts': '' });
    expect(nearestModule(root, 'mysite.settings')).toBeUndefined();
  });

  test('is none where there is no folder', () => {
    expect(nearestModule('/nowhere', 'a')).toBeUndefined();
  });
});

test('the modules in a folder are those that a dotted path can name', () => {
  const root = temporaryFolder({ 'a/b/c.ts': '', 'a/b/d/index.js': '', 'a/b/e/f.ts': '', 'a/b/g.txt': '' });
  expect(modulesIn(root, 'a.b')).toEqual(['a.b.c', 'a.b.d']);
  expect(modulesIn(root, 'a.nothing')).toEqual([]);
});

test('a file is one, a folder and nothing are none', () => {
  const root = temporaryFolder({ 'a.ts': '' });
  mkdirSync(path.join(root, 'folder'));
  expect(['a.ts', 'folder', 'nothing', 'a.ts/b'].map((name) => isFile(path.join(root, name)))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
