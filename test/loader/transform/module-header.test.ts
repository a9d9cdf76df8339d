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

describe('imports', () => {
  test('are told in their order, with the names that must be there', () => {
    expect(importsOf(`import a, { b as c } from './one.ts'\nimport { d } from 'two'\na(c, d)`)).toEqual([
      ['./one.ts', 'default', 'b'],
      ['two', 'd'],
    ]);
  });

  test('of a namespace, or for the effects, ask for no name', () => {
    expect(importsOf(`import * as all from './all.ts'\nimport './effects.ts'\nall.a()`)).toEqual([
      ['./all.ts'],
      ['./effects.ts'],
    ]);
  });

  test('may have any text as specifier and as name', () => {
    expect(importsOf(`import { "a \\"name\\"" as a } from "it's \\"quoted\\""\na()`)).toEqual([
      [`it's "quoted"`, 'a "name"'],
    ]);
  });

  test('may have attributes', () => {
    expect(importsOf(`import data from './data.json' with { type: 'json' }\ndata()`)).toEqual([
      ['./data.json', 'default'],
    ]);
  });

  test('that stand behind other statements come first all the same', () => {
    expect(importsOf(`a()\nimport { a } from './a.ts'`)).toEqual([['./a.ts', 'a']]);
  });

  test('are found behind a hashbang, comments and a directive', () => {
    expect(importsOf(`#!/usr/bin/env node\n// one\n/* two\n three */\n"use strict";\nimport 'x'`)).toEqual([
      ['x'],
    ]);
  });

  test('that are many names long are one', () => {
    const names = Array.from({ length: 50 }, (_, index) => `name${index}`);
    expect(importsOf(`import { ${names} } from 'x'\n[${names}]`)).toEqual([['x', ...names]]);
  });
});

describe('exports', () => {
  test('are told by name, in the order of a namespace', () => {
    const { exports } = split('export const z = 1, a = 2\nexport function B() {}\nexport class _ {}').header;
    expect(exports).toEqual([
      { name: 'B', expression: 'B' },
      { name: '_', expression: '_' },
      { name: 'a', expression: 'a' },
      { name: 'z', expression: 'z' },
    ]);
  });

  test('may have names that are not identifiers', () => {
    const { exports } = split('const a = 1, größe = 2\nexport { a as "a name", größe }').header;
    expect(exports.map(({ name }) => name)).toEqual(['a name', 'größe']);
  });

  test('may be patterns', () => {
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
  ])('may be the default one: %s', (source, expression) => {
    expect(split(source).header.exports).toEqual([{ name: 'default', expression }]);
  });

  test('are none of a module that says only that it is one', () => {
    expect(split('a()\nexport {}').header).toEqual({ imports: [], exports: [], reExports: [], stars: [] });
  });
});

describe('exports of what others export', () => {
  function reExportsOf(source: string) {
    const { imports, reExports } = split(source).header;
    return reExports.map(({ name, import: index, imported }) => [name, imports[index]!.specifier, imported]);
  }

  test('are told with the import and its name', () => {
    expect(
      reExportsOf(`export { a, b as c, default as d } from './x.ts'\nexport { e } from './y.ts'`),
    ).toEqual([
      ['a', './x.ts', 'a'],
      ['c', './x.ts', 'b'],
      ['d', './x.ts', 'default'],
      ['e', './y.ts', 'e'],
    ]);
  });

  test('that were imported first are told as well', () => {
    expect(reExportsOf(`import d, { a } from './x.ts'\nexport { a as b, d }`)).toEqual([
      ['b', './x.ts', 'a'],
      ['d', './x.ts', 'default'],
    ]);
  });

  test('may be a whole namespace', () => {
    expect(reExportsOf(`export * as all from './x.ts'\nimport * as y from './y.ts'\nexport { y }`)).toEqual([
      ['all', './x.ts', undefined],
      ['y', './y.ts', undefined],
    ]);
  });

  test('may have names that are not identifiers', () => {
    expect(reExportsOf(`export { "a name" as "another" } from './x.ts'`)).toEqual([
      ['another', './x.ts', 'a name'],
    ]);
  });

  test('may be all of them', () => {
    const { imports, stars } = split(`import 'a'\nexport * from './x.ts'\nexport * from './y.ts'`).header;
    expect(stars.map((index) => imports[index]!.specifier)).toEqual(['./x.ts', './y.ts']);
  });
});

describe('the body', () => {
  test('is all that follows', () => {
    expect(split(`import { a } from 'x'\nexport const b = 1\na(b)`).body).toBe(
      'const b = 1;\n(0, __vite_ssr_import_0__.a)(b);\n',
    );
  });

  test('is everything when there is no header', () => {
    const { body, bodyLine, code } = split('a()\nb()');
    expect([body, bodyLine]).toEqual([code, 0]);
  });

  test.each([
    `import { a } from 'x'\nexport const b = 1\na(b)`,
    `export default function f() {}\nf()`,
    `import 'x'`,
    'export {}\na()',
    `/* one\ntwo */ import 'x'; a()`,
  ])('begins on the line that is told, %#', (source) => {
    const { body, bodyLine, code } = split(source);
    expect(code.split('\n').slice(bodyLine).join('\n')).toBe(body);
  });

  test('may look like a header', () => {
    const text = 'const x = await __vite_ssr_import__("y");';
    expect(split(`export const code = ${JSON.stringify(text)}`).header.imports).toEqual([]);
  });
});
