import { expect, test } from 'vitest';
import { checkProjectName } from '../../src/scaffold/project-name.ts';
import { temporaryFolder } from '../_temp-folder.ts';

test.each(['mysite', 'my_site', '_site', 'Site2', 'été', '网站'])('%s is a name', (name) => {
  checkProjectName(name, temporaryFolder());
});

test.each([
  ['my-site', 'my_site'],
  ['7bad', '_7bad'],
  ['../x', 'x'],
  ['mysite/', 'mysite'],
  ['a$b', 'a_b'],
  ['', 'mysite'],
  ['---', 'mysite'],
])('%o is not an identifier, and %s is suggested', (name, suggestion) => {
  expect(() => checkProjectName(name, temporaryFolder())).toThrow(
    expect.objectContaining({
      message: `A project cannot be called '${name}': expected letters, digits and underscores, no digit first.`,
      hint: `Try '${suggestion}' instead.`,
    }),
  );
});

test.each(['class', 'await', 'enum', 'let'])('the reserved word %s is refused', (name) => {
  expect(() => checkProjectName(name, temporaryFolder())).toThrow(/a reserved word of JavaScript/);
});

test.each(['fs', 'os', 'test'])("Node's own module %s is refused", (name) => {
  expect(() => checkProjectName(name, temporaryFolder())).toThrow(/the name of a module of Node\.js/);
});

test('our own name is refused, since the site could not import us', () => {
  expect(() => checkProjectName('startproject', temporaryFolder())).toThrow(/the name of this package/);
});

test('the folder of packages is refused', () => {
  expect(() => checkProjectName('node_modules', temporaryFolder())).toThrow(
    /the folder of installed packages/,
  );
});

test('a package installed in a parent folder is refused', () => {
  const folder = temporaryFolder({ 'node_modules/express/package.json': '{}', 'work/sites/note.txt': '' });
  expect(() => checkProjectName('express', `${folder}/inside/sites`)).toThrow(
    `A project cannot be called 'express': that is the name of a package in '${folder}/node_modules'.`,
  );
});

test('a suggestion is a name that may be used', () => {
  expect(() => checkProjectName('.fs', temporaryFolder())).toThrow(
    expect.objectContaining({ hint: "Try 'fs_site' instead." }),
  );
});
