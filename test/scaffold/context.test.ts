import { expect, test } from 'vitest';
import { createContext, createSecretKey } from '../../src/scaffold/context.ts';

function contextOf(name: string, dependency = 'file:/x') {
  return createContext({
    name,
    directory: `/srv/${name}`,
    version: '1.2.3',
    dependency,
    packageManager: 'pnpm',
  });
}

test('a secret key has its prefix and fifty characters that fit in quotes', () => {
  expect(createSecretKey()).toMatch(/^startproject-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50}$/);
});

test('every key is another', () => {
  expect(new Set(Array.from({ length: 100 }, createSecretKey)).size).toBe(100);
});

test.each([
  ['mysite', 'Mysite'],
  ['my_site', 'MySite'],
  ['my_2nd_site', 'My2NdSite'],
  ['été_site', 'ÉtéSite'],
])('%s is %s in camel case', (name, expected) => {
  expect(contextOf(name).camel_case_project_name).toBe(expected);
});

test.each([
  ['MySite', 'mysite'],
  ['_site', 'site'],
  ['été', 'ete'],
  ['网站', 'site'],
])('%s is called %s in package.json, where npm allows less', (name, expected) => {
  expect(contextOf(name).package_name).toBe(expected);
});

test('the rest is what the caller says', () => {
  expect(contextOf('mysite')).toMatchObject({
    project_name: 'mysite',
    project_directory: '/srv/mysite',
    startproject_version: '1.2.3',
    docs_version: '1.2',
    package_manager: 'pnpm',
  });
});

test('the dependency can stand in JSON whatever its path', () => {
  expect(JSON.parse(`"${contextOf('mysite', 'file:/a "b"').startproject_dependency}"`)).toBe('file:/a "b"');
});
