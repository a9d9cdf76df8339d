import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dependencyOn } from '../../src/scaffold/dependency.ts';
import { temporaryFolder } from '../_temp-folder.ts';

function lockFile(resolved: string): string {
  return JSON.stringify({ packages: { 'node_modules/startproject': { resolved } } });
}

test('a checkout is depended on by its path', () => {
  const folder = temporaryFolder({ 'package.json': '{}' });
  expect(dependencyOn(`${folder}/`)).toBe(`file:${folder}`);
});

test('a linked package is depended on by its real path', () => {
  const folder = temporaryFolder({ 'checkout/package.json': '{}', 'node_modules/other/package.json': '{}' });
  symlinkSync('../checkout', `${folder}/node_modules/startproject`);
  expect(dependencyOn(`${folder}/node_modules/startproject`)).toBe(`file:${folder}/checkout`);
});

test('a package from a tarball is depended on by the tarball', () => {
  const folder = temporaryFolder({
    'dist/startproject-1.0.0.tgz': '',
    'app/node_modules/startproject/package.json': '{}',
    'app/node_modules/.package-lock.json': lockFile('file:../dist/startproject-1.0.0.tgz'),
  });
  expect(dependencyOn(`${folder}/app/node_modules/startproject`)).toBe(
    `file:${folder}/dist/startproject-1.0.0.tgz`,
  );
});

test.each([
  ['a tarball that is gone', lockFile('file:../gone.tgz')],
  ['a registry', lockFile('https://registry.example/startproject/-/startproject-1.0.0.tgz')],
  ['nobody knows where', '{}'],
  ['a broken lock file', 'not json'],
])('a package from %s is depended on by its folder', (_, lock) => {
  const folder = temporaryFolder({
    'node_modules/startproject/package.json': '{}',
    'node_modules/.package-lock.json': lock,
  });
  expect(dependencyOn(`${folder}/node_modules/startproject`)).toBe(
    `file:${folder}/node_modules/startproject`,
  );
});
