import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { splitModule } from '../../../src/loader/transform/module-header.ts';

const { moduleRunnerTransformSync }: typeof import('oxc-transform') = createRequire(import.meta.url)(
  'oxc-transform',
);

/** The header of a module, as the transform that makes it in earnest writes it. */
function split(source: string) {
  const { code, errors } = moduleRunnerTransformSync('a.js', source, {});
  expect(errors).toEqual([]);
  return { ...splitModule(code), code };
}

function importsOf(source: string) {
  return split(source).header.imports.map(({ specifier, names }) => [specifier, ...names]);
}

describe('the imports of a header', () => {
  test('are in order, with the required names', () => {
    expect(importsOf(`import a, { b as c } from './one.ts'\nimport { d } from 'two'\na(c, d)`)).toEqual([
      ['./one.ts', 'default', 'b'],
      ['two', 'd'],
    ]);
  });

  test('require no names when they are for a namespace or for side effects', () => {
    expect(importsOf(`import * as all from './all.ts'\nimport './effects.ts'\nall.a()`)).toEqual([
      ['./all.ts'],
      ['./effects.ts'],
    ]);
  });

  test('can have any text as specifier and as name', () => {
    expect(importsOf(`import { "a \\"name\\"" as a } from "it's \\"quoted\\""\na()`)).toEqual([
      [`it's "quoted"`, 'a "name"'],
    ]);
  });

  test('can have attributes', () => {
    expect(importsOf(`import data from './data.json' with { type: 'json' }\ndata()`)).toEqual([
      ['./data.json', 'default'],
    ]);
  });

  test('come first, also when they follow other statements', () => {
    expect(importsOf(`a()\nimport { a } from './a.ts'`)).toEqual([['./a.ts', 'a']]);
  });

  test('are found after a hashbang, comments and a directive', () => {
    expect(importsOf(`#!/usr/bin/env node\n// one\n/* two\n three */\n"use strict";\nimport 'x'`)).toEqual([
      ['x'],
    ]);
  });

  test('with many names are one import', () => {
    const names = Array.from({ length: 50 }, (_, index) => `name${index}`);
    expect(importsOf(`import { ${names} } from 'x'\n[${names}]`)).toEqual([['x', ...names]]);
  });
});

describe('the exports of a header', () => {
  test('are sorted by name, as in a namespace', () => {
    const { exports } = split('export const z = 1, a = 2\nexport function B() {}\nexport class _ {}').header;
    expect(exports).toEqual([
      { name: 'B', expression: 'B' },
      { name: '_', expression: '_' },
      { name: 'a', expression: 'a' },
      { name: 'z', expression: 'z' },
    ]);
  });

  test('can have names that are not identifiers', () => {
    const { exports } = split('const a = 1, größe = 2\nexport { a as "a name", größe }').header;
    expect(exports.map(({ name }) => name)).toEqual(['a name', 'größe']);
  });

  test('can be patterns', () => {
    expect(split('export const [a, { b, ...c }] = x').header.exports.map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test.each([
    ['export default 5', '__vite_ssr_export_default__'],
    ['export default function named() {}', 'named'],
    ['export default class Named {}', 'Named'],
  ])('can have a default: %s', (source, expression) => {
    expect(split(source).header.exports).toEqual([{ name: 'default', expression }]);
  });

  test('are empty for a module with `export {}` only', () => {
    expect(split('a()\nexport {}').header).toEqual({ imports: [], exports: [], reExports: [], stars: [] });
  });
});

describe('the re-exports of a header', () => {
  function reExportsOf(source: string) {
    const { imports, reExports } = split(source).header;
    return reExports.map(({ name, import: index, imported }) => [name, imports[index]!.specifier, imported]);
  }

  test('have their import and name', () => {
    expect(
      reExportsOf(`export { a, b as c, default as d } from './x.ts'\nexport { e } from './y.ts'`),
    ).toEqual([
      ['a', './x.ts', 'a'],
      ['c', './x.ts', 'b'],
      ['d', './x.ts', 'default'],
      ['e', './y.ts', 'e'],
    ]);
  });

  test('include names that were imported first', () => {
    expect(reExportsOf(`import d, { a } from './x.ts'\nexport { a as b, d }`)).toEqual([
      ['b', './x.ts', 'a'],
      ['d', './x.ts', 'default'],
    ]);
  });

  test('can be a whole namespace', () => {
    expect(reExportsOf(`export * as all from './x.ts'\nimport * as y from './y.ts'\nexport { y }`)).toEqual([
      ['all', './x.ts', undefined],
      ['y', './y.ts', undefined],
    ]);
  });

  test('can have names that are not identifiers', () => {
    expect(reExportsOf(`export { "a name" as "another" } from './x.ts'`)).toEqual([
      ['another', './x.ts', 'a name'],
    ]);
  });

  test('can be all names of a module', () => {
    const { imports, stars } = split(`import 'a'\nexport * from './x.ts'\nexport * from './y.ts'`).header;
    expect(stars.map((index) => imports[index]!.specifier)).toEqual(['./x.ts', './y.ts']);
  });
});

describe('the body of a module', () => {
  test('is the code after the header', () => {
    expect(split(`import { a } from 'x'\nexport const b = 1\na(b)`).body).toBe(
      'const b = 1;\n(0, __vite_ssr_import_0__.a)(b);\n',
    );
  });

  test('is the whole code when there is no header', () => {
    const { body, bodyLine, code } = split('a()\nb()');
    expect([body, bodyLine]).toEqual([code, 0]);
  });

  test.each([
    `import { a } from 'x'\nexport const b = 1\na(b)`,
    `export default function f() {}\nf()`,
    `import 'x'`,
    'export {}\na()',
    `/* one\ntwo */ import 'x'; a()`,
  ])('begins on the given line, %#', (source) => {
    const { body, bodyLine, code } = split(source);
    expect(code.split('\n').slice(bodyLine).join('\n')).toBe(body);
  });

  test('may contain code that looks like a header', () => {
    const text = 'const x = await __vite_ssr_import__("y");';
    expect(split(`export const code = ${JSON.stringify(text)}`).header.imports).toEqual([]);
  });
});
