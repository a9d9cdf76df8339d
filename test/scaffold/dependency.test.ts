import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dependencyOn } from '../../src/scaffold/dependency.ts';
import { temporaryFolder } from '../_temp-folder.ts';

const MANIFEST = '{ "name": "startproject", "version": "1.2.3" }';

function lockFile(resolved: string): string {
  return JSON.stringify({ packages: { 'node_modules/startproject': { resolved } } });
}

function manifest(specification: string, field = 'dependencies'): string {
  return JSON.stringify({ [field]: { startproject: specification } });
}

/** What the site in `site` depends on, with the temporary folder as `~`. Paths are relative to that folder. */
function dependency(
  files: Record<string, string>,
  { packageRoot = 'app/node_modules/startproject', site = 'app/mysite' } = {},
  prepare: (folder: string) => void = () => {},
): string {
  const folder = temporaryFolder({ 'app/x': '', [`${packageRoot}/package.json`]: MANIFEST, ...files });
  prepare(folder);
  return dependencyOn({
    packageRoot: `${folder}/${packageRoot}/`,
    cwd: `${folder}/app`,
    site: `${folder}/${site}`,
  }).replace(folder, '~');
}

test('a checkout is depended on by its path', () => {
  expect(dependency({}, { packageRoot: 'checkout' })).toBe('file:~/checkout');
});

test('a linked package is depended on by its real path', () => {
  const link = (folder: string) => {
    mkdirSync(`${folder}/app/node_modules`);
    symlinkSync('../../checkout', `${folder}/app/node_modules/startproject`);
  };
  const files = { 'checkout/package.json': MANIFEST, 'app/package.json': manifest('workspace:*') };
  const folder = temporaryFolder(files);
  link(folder);
  const source = { packageRoot: `${folder}/app/node_modules/startproject`, cwd: folder, site: `${folder}/s` };
  expect(dependencyOn(source)).toBe(`file:${folder}/checkout`);
});

describe('installed for a project, a site depends on what the project says', () => {
  test.each([
    '^1.2.0',
    'latest',
    'npm:@scope/startproject@^1.0.0',
    'git+https://git.example/startproject.git',
    'https://example.org/startproject-1.2.3.tgz',
  ])('%s', (specification) => {
    expect(dependency({ 'app/package.json': manifest(specification) })).toBe(specification);
    expect(dependency({ 'app/package.json': manifest(specification, 'devDependencies') })).toBe(
      specification,
    );
  });

  test.each([
    ['file:../dist/s.tgz', 'file:../../dist/s.tgz'],
    ['file:vendor/s.tgz', 'file:../vendor/s.tgz'],
    ['./vendor/s.tgz', 'file:../vendor/s.tgz'],
    ['../startproject', 'file:../../startproject'],
    ['link:../startproject', 'link:../../startproject'],
    ['portal:../startproject', 'portal:../../startproject'],
    ['file:/opt/s.tgz', 'file:/opt/s.tgz'],
  ])('%s is %s for a site inside of the project', (specification, expected) => {
    expect(dependency({ 'app/package.json': manifest(specification) })).toBe(expected);
  });

  test('a path is absolute for a site elsewhere, which does not move with the project', () => {
    const files = { 'app/package.json': manifest('file:../dist/s.tgz') };
    expect(dependency(files, { site: 'elsewhere/mysite' })).toBe('file:~/dist/s.tgz');
  });

  test.each(['workspace:*', 'catalog:', 'patch:startproject@npm%3A1.2.3#x.patch'])(
    '%s means something in its workspace only: the version counts',
    (specification) => {
      expect(dependency({ 'app/package.json': manifest(specification) })).toBe('^1.2.3');
    },
  );

  test('where pnpm keeps packages in a store of its own', () => {
    const packageRoot = 'app/node_modules/.pnpm/startproject@file+s.tgz/node_modules/startproject';
    const files = { 'app/package.json': manifest('file:../s.tgz') };
    const link = (folder: string) => {
      symlinkSync(`${folder}/${packageRoot}`, `${folder}/app/node_modules/startproject`);
    };
    expect(dependency(files, { packageRoot }, link)).toBe('file:../../s.tgz');
  });

  test('where Yarn reads packages from their archives', () => {
    const packageRoot = 'app/.yarn/cache/startproject-file-1.zip/node_modules/startproject';
    const files = { 'app/package.json': manifest('file:../s.tgz') };
    expect(dependency(files, { packageRoot })).toBe('file:../../s.tgz');
    expect(dependency({}, { packageRoot })).toBe('^1.2.3');
  });

  test('in a workspace, the project that the command runs in counts', () => {
    const files = { 'package.json': manifest('^9.0.0'), 'app/package.json': manifest('^1.0.0') };
    expect(dependency(files, { packageRoot: 'node_modules/startproject' })).toBe('^1.0.0');
  });

  test('a project that names this package, and has another, does not count', () => {
    const files = {
      'home/package.json': manifest('^1.0.0'),
      'app/package.json': manifest('^7.0.0'),
      'app/node_modules/startproject/package.json': '{ "name": "startproject", "version": "7.0.0" }',
    };
    expect(dependency(files, { packageRoot: 'home/node_modules/startproject' })).toBe('^1.0.0');
  });
});

describe('installed for no project, as globally, what npm recorded counts', () => {
  const LOCK = 'app/node_modules/.package-lock.json';

  test('a tarball', () => {
    const files = { 'app/s.tgz': '', [LOCK]: lockFile('file:s.tgz') };
    expect(dependency(files, { site: 'elsewhere' })).toBe('file:~/app/s.tgz');
  });

  test('a registry', () => {
    expect(dependency({ [LOCK]: lockFile('https://registry.example/s/-/s-1.2.3.tgz') })).toBe('^1.2.3');
  });

  test.each([
    ['a tarball that is gone', lockFile('file:../gone.tgz')],
    ['nobody knows where', '{}'],
    ['a broken lock file', 'not json'],
  ])('from %s, it is the folder', (_, lock) => {
    expect(dependency({ [LOCK]: lock })).toBe('file:~/app/node_modules/startproject');
  });
});
