import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  InstalledPackages,
  installationFiles,
  isInstalled,
} from '../../../src/loader/sources/installed-packages.ts';
import { SourceFiles } from '../../../src/loader/sources/source-files.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

describe('the files that change with an installation', () => {
  test.each([
    ['/srv/node_modules/express/lib/index.js', '/srv/node_modules/express/package.json'],
    ['/srv/node_modules/@hono/node-server/dist/index.js', '/srv/node_modules/@hono/node-server/package.json'],
    ['/srv/node_modules/a/node_modules/b/index.js', '/srv/node_modules/a/node_modules/b/package.json'],
    [
      '/srv/node_modules/.pnpm/zod@4.1.0/node_modules/zod/index.js',
      '/srv/node_modules/.pnpm/zod@4.1.0/node_modules/zod/package.json',
    ],
  ])('of %s are its package.json, and the record of the outermost node_modules', (file, manifest) => {
    const files = installationFiles(file);
    expect(files[0]).toBe(manifest);
    expect(files).toContain('/srv/node_modules/.package-lock.json');
    expect(files).toContain('/srv/node_modules/.pnpm/lock.yaml');
  });

  test.each([
    ['/srv/node_modules/a/index.js', true],
    ['/srv/my_node_modules/a/index.js', false],
    ['/srv/node_modules', true],
    ['/srv/my_node_modules', false],
  ])('isInstalled() of %s is %s', (file, expected) => {
    expect(isInstalled(file)).toBe(expected);
  });
});

describe('InstalledPackages', () => {
  function installed(given: Files = {}) {
    const root = temporaryFolder(given);
    const files = new SourceFiles();
    const known = () =>
      new Map([...files.states].map(([file, state]) => [path.relative(root, file), state !== null]));
    return { root, packages: new InstalledPackages(files), known };
  }

  test('records the state of a package at the time of its load', () => {
    const { root, packages, known } = installed({
      'node_modules/a/package.json': '{}',
      'node_modules/.package-lock.json': '{}',
    });
    packages.note(pathToFileURL(path.join(root, 'node_modules/a/index.js')).href);
    expect(known().get('node_modules/a/package.json')).toBe(true);
    expect(known().get('node_modules/.package-lock.json')).toBe(true);
    expect(known().get('node_modules/.yarn-integrity')).toBe(false);
  });

  test.each(['node:fs', 'data:text/javascript,1', 'file:///srv/linked/index.js'])('ignores %s', (url) => {
    const { packages, known } = installed();
    packages.note(url);
    expect(known().size).toBe(0);
  });

  test('records the package managers’ files for a package that was not found', () => {
    const { root, packages, known } = installed({
      'package.json': '{}',
      'node_modules/.package-lock.json': '{}',
    });
    packages.noteMissing('@scope/name/deep', path.join(root, 'site/a.ts'));
    expect(known().get('node_modules/.package-lock.json')).toBe(true);
    expect(known().has('site/node_modules/.package-lock.json')).toBe(false);
  });

  test('records no files for a path', () => {
    const { root, packages, known } = installed({ 'package.json': '{}' });
    packages.noteMissing('./gone.ts', path.join(root, 'a.ts'));
    expect(known().size).toBe(0);
  });
});
