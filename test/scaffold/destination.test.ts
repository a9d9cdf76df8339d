import { mkdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findDestination } from '../../src/scaffold/destination.ts';
import { temporaryFolder } from '../_temp-folder.ts';

function find(cwd: string, directory?: string) {
  return findDestination({ name: 'mysite', directory, cwd, home: `${cwd}/home` });
}

test('without a directory it is a new folder called by the name', () => {
  const cwd = temporaryFolder();
  expect(find(cwd)).toEqual({ path: `${cwd}/mysite`, firstMissing: `${cwd}/mysite` });
});

test('without a directory it must not exist, not even empty', () => {
  const cwd = temporaryFolder();
  mkdirSync(`${cwd}/mysite`);
  expect(() => find(cwd)).toThrow(`'${cwd}/mysite' exists already.`);
});

test('a dangling link counts as existing', () => {
  const cwd = temporaryFolder();
  symlinkSync('nowhere', `${cwd}/mysite`);
  expect(() => find(cwd)).toThrow(`'${cwd}/mysite' exists already.`);
});

test('a directory that exists needs no folder to be made', () => {
  const cwd = temporaryFolder();
  expect(find(cwd, '.')).toEqual({ path: cwd, firstMissing: undefined });
});

test('a link to a directory is a directory', () => {
  const cwd = temporaryFolder({ 'real/file': '' });
  symlinkSync('real', `${cwd}/link`);
  expect(find(cwd, 'link')).toEqual({ path: `${cwd}/link`, firstMissing: undefined });
});

test('the outermost missing parent is found', () => {
  const cwd = temporaryFolder();
  expect(find(cwd, 'a/b/c/')).toEqual({ path: `${cwd}/a/b/c`, firstMissing: `${cwd}/a` });
});

test('a tilde is the home folder', () => {
  const cwd = temporaryFolder({ 'home/file': '' });
  expect(find(cwd, '~/sites')).toEqual({ path: `${cwd}/home/sites`, firstMissing: `${cwd}/home/sites` });
});

test('a tilde within a name is none', () => {
  const cwd = temporaryFolder();
  expect(find(cwd, '~x').path).toBe(`${cwd}/~x`);
});

test('a file is refused', () => {
  const cwd = temporaryFolder({ taken: '' });
  expect(() => find(cwd, 'taken')).toThrow(`Expected a folder at '${cwd}/taken', found a file.`);
});

test('a path below a file is refused', () => {
  const cwd = temporaryFolder({ taken: '' });
  expect(() => find(cwd, 'taken/a/b')).toThrow(
    `Expected a folder at '${cwd}/taken', found a file, so that '${cwd}/taken/a/b' cannot be made.`,
  );
});

test('a dangling link is refused as a directory', () => {
  const cwd = temporaryFolder();
  symlinkSync('nowhere', `${cwd}/link`);
  expect(() => find(cwd, 'link')).toThrow(`Expected a folder at '${cwd}/link', found a link to nothing.`);
});
