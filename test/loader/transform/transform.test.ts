import { describe, expect, test } from 'vitest';
import { SourceSyntaxError } from '../../../src/loader/failures/module-errors.ts';
import type { RuntimeCompilerOptions } from '../../../src/loader/resolve/tsconfig.ts';
import {
  findSyntaxError,
  kindByExtension,
  transform,
  transformInThread,
} from '../../../src/loader/transform/transform.ts';
import type { ModuleKind, TransformInput } from '../../../src/loader/transform/transform-input.ts';
import { createSite, load } from '../_site.ts';

function input(source: string, more: Partial<TransformInput> = {}): TransformInput {
  return { file: '/site/a.ts', source, options: {}, kind: 'esm', ...more };
}

/** What a module `entry.ts` exports as `result` under these compiler options. */
async function resultOf(source: string, compilerOptions: RuntimeCompilerOptions = {}): Promise<unknown> {
  const tsconfig = JSON.stringify({ compilerOptions });
  return (await load({ 'tsconfig.json': tsconfig, 'entry.ts': source })).result;
}

describe('the kind of a module', () => {
  const KINDS: [string, string, ModuleKind | undefined, ModuleKind][] = [
    ['one of an ES package, whatever it holds', 'a()', 'esm', 'esm'],
    ['one of a CommonJS package without import and export', 'exports.a = 1', 'cjs', 'cjs'],
    ['one of a CommonJS package with an export', 'export const a = 1', 'cjs', 'esm'],
    ['one of a CommonJS package with an import', `import a from 'a'\na()`, 'cjs', 'esm'],
    ['one of a CommonJS package that imports at run time', `module.exports = import('a')`, 'cjs', 'cjs'],
    ['one of an open package without import and export', 'module.exports = 1', undefined, 'cjs'],
    ['one of an open package with an export', 'export const a = 1', undefined, 'esm'],
    ['one of an open package that awaits', 'await a', undefined, 'esm'],
    ['one of an open package that asks for its place', 'a(import.meta.url)', undefined, 'esm'],
  ];
  test.each(KINDS)('of %s is %j', (_what, source, given, kind) => {
    expect(transform(input(source, { kind: given })).kind).toBe(kind);
  });

  test.each([
    ['a.mts', 'esm'],
    ['a.mjs', 'esm'],
    ['a.cts', 'cjs'],
    ['a.cjs', 'cjs'],
    ['a.ts', undefined],
    ['a.js', undefined],
    ['a.d.ts', undefined],
  ])('with the extension of %s is %s', (file, kind) => {
    expect(kindByExtension(file)).toBe(kind);
  });
});

describe('a module', () => {
  test.each(['await a', 'for await (const a of b);', 'if (a) { await b }', 'const a = [await b]'])(
    'with a top-level await is asynchronous: %j',
    (source) => {
      expect(transform(input(source)).isAsync).toBe(true);
    },
  );

  test.each([
    'async function f() { await a }',
    'const f = async () => await a',
    'class A { async m() { await a } }',
    'const text = "await a"',
    '// await a',
    'const f = async () => { for await (const a of b) await (a) }',
    'export const awaited = 1',
  ])('that only contains the word await is synchronous: %j', (source) => {
    expect(transform(input(source)).isAsync).toBe(false);
  });
});

describe('TypeScript', () => {
  test('is removed, with its imports of types', () => {
    const { imports, code } = transform(
      input(`import { type A, b } from './a.ts'\nimport type { C } from './c.ts'\nconst x: A = b as C`),
    );
    expect(imports).toMatchObject([{ specifier: './a.ts', names: ['b'] }]);
    expect(code).not.toMatch(/: A|as C/);
  });

  test('keeps unused imports with verbatimModuleSyntax', () => {
    const source = `import { a } from './a.ts'`;
    expect(transform(input(source)).imports).toEqual([]);
    expect(transform(input(source, { options: { verbatimModuleSyntax: true } })).imports).toMatchObject([
      { specifier: './a.ts' },
    ]);
  });

  test('is not parsed in JavaScript files', () => {
    expect(() => transform(input('const a: number = 1', { file: '/site/a.js' }))).toThrow(SourceSyntaxError);
  });

  test('can set the JSX function in a comment', () => {
    const source = '/** @jsx h */ export const a = <b />;';
    expect(transform(input(source, { file: '/site/a.tsx' })).code).toContain('h("b"');
  });

  test('can contain JSX in .tsx and .jsx files only', () => {
    const options = { jsx: 'react' };
    for (const file of ['/site/a.tsx', '/site/a.jsx'])
      expect(transform(input('a(<p />)', { file, options })).code).toContain('React.createElement("p"');
    expect(() => transform(input('a(<p />)', { options }))).toThrow(SourceSyntaxError);
  });

  const FIELD = `class A { set x(_: number) { seen.push('set') } }\nconst seen: string[] = []\nclass B extends A { x = 1 }\nnew B()\nexport const result = seen`;
  test.each<[string, RuntimeCompilerOptions, string[]]>([
    ['nothing is said', {}, []],
    ['the target is new', { target: 'ES2022' }, []],
    ['the target is old', { target: 'es2021' }, ['set']],
    ['it is said', { target: 'esnext', useDefineForClassFields: false }, ['set']],
  ])('defines or assigns class fields as in tsc when %s', async (_what, options, seen) => {
    expect(await resultOf(FIELD, options)).toEqual(seen);
  });

  test('removes fields without a value when they are not defined', async () => {
    const source = `class A { x = 1 }\nclass B extends A { declare y: number; x: number }\nexport const result = new B().x`;
    expect(await resultOf(source, { useDefineForClassFields: false })).toBe(1);
    expect(await resultOf(source)).toBe(undefined);
  });

  test('can have accessor fields, also without decorators', async () => {
    const text =
      '/** @type An accessor for x */ class A { static accessor s = 1; accessor x: number = 2; accessor = 3; } const a = new A(); export const result = [A.s, a.x, a.accessor, Object.keys(a)]';
    for (const experimentalDecorators of [true, undefined]) {
      const { result } = await load({
        'tsconfig.json': JSON.stringify({ compilerOptions: { experimentalDecorators } }),
        'entry.ts': text,
      });
      expect(result).toEqual([1, 2, 3, ['accessor']]);
    }
  });

  test('stores the types of decorated members with emitDecoratorMetadata', async () => {
    const source = `const types: unknown[] = []
      ;(Reflect as any).metadata = (_: string, type: unknown) => (_a: unknown, _b: unknown) => void types.push(type)
      const note = (_: object, __: string) => {}
      class A { @note name: string = '' }
      delete (Reflect as any).metadata
      export const result = types.includes(String)`;
    expect(await resultOf(source, { experimentalDecorators: true, emitDecoratorMetadata: true })).toBe(true);
  });
});

describe('a transformed module', () => {
  test('runs in strict mode, with an undefined this', async () => {
    expect(
      await resultOf(
        'export const result = [this === undefined, (function (this: unknown) { return this })()]',
      ),
    ).toEqual([true, undefined]);
  });

  test('can have a hashbang without imports or exports', async () => {
    const { loader } = createSite({ 'entry.ts': '#!/usr/bin/env node\nglobalThis.process;' });
    await loader.importModule('entry');
  });

  test('can have a hashbang as CommonJS', async () => {
    const { loader } = createSite({ 'entry.cts': '#!/usr/bin/env node\nexports.a = 1' });
    expect((await loader.importModule('entry')).exports.a).toBe(1);
  });

  test('can have a comment in its last line', async () => {
    expect(await resultOf('export const result = 1 // end')).toBe(1);
  });

  test('calls imported functions with an undefined this', async () => {
    const { result } = await load({
      'entry.ts': `import { self } from './self.ts'\nexport const result = self()`,
      'self.ts': 'export function self(this: unknown) { return this }',
    });
    expect(result).toBe(undefined);
  });
});

describe('a syntax error', () => {
  function errorOf(source: string, more?: Partial<TransformInput>): SourceSyntaxError {
    try {
      transform(input(source, more));
    } catch (error) {
      expect(error).toBeInstanceOf(SourceSyntaxError);
      return error as SourceSyntaxError;
    }
    throw new Error('It was taken, and should have been refused.');
  }

  test('has a place and a code frame', () => {
    const { name, message, location, codeFrame } = errorOf('const a = 1\nconst b = ;');
    expect([name, message, location]).toEqual([
      'SyntaxError',
      'Unexpected token',
      { file: '/site/a.ts', line: 2, column: 11 },
    ]);
    expect(codeFrame).toBe('  1 | const a = 1\n> 2 | const b = ;\n    |           ^');
  });

  test.each(['é', '€', '😀', '日本'])('has its column in characters after %s', (text) => {
    const source = `const a = '${text}', b = ;`;
    expect(errorOf(source).location!.column).toBe(source.indexOf(';') + 1);
  });

  test('at the end of a file has a place too', () => {
    expect(errorOf('function f() {\n').location).toMatchObject({ line: expect.any(Number) });
  });

  test('of JavaScript has a place too', () => {
    expect(errorOf('const a = 1\nconst b = ;', { file: '/site/a.js' }).location).toMatchObject({
      line: 2,
      column: 11,
    });
  });

  test('is reported for a name that is declared twice', () => {
    expect(errorOf('let a = 1\nlet a = 2', { file: '/site/a.js' }).message).toMatch(/already been declared/);
  });
});

test('is found by findSyntaxError(), which finds nothing in valid code', () => {
  expect(findSyntaxError('({ "a": })')).toBe(8);
  expect(findSyntaxError('({ "é": })')).toBe(8);
  expect(findSyntaxError('({ "a": 1 })')).toBeUndefined();
});

describe('a transform in another thread', () => {
  test.each<[string, TransformInput]>([
    ['TypeScript', input("import { b } from './b.ts';\nexport const a: number = b();")],
    ['JavaScript', input("import { b } from './b.js';\nexport const a = b();", { file: '/site/a.mjs' })],
    ['a default and a namespace of one import', input("import a, * as b from './b.ts';\nexport { a, b };")],
    ['CommonJS', input('const a: number = 1;\nmodule.exports = a;', { kind: 'cjs' })],
    ['CommonJS that is JavaScript', input('module.exports = 1;', { file: '/site/a.cjs', kind: 'cjs' })],
    ['CommonJS with imports', input("import a from './a.ts';\nexport default a;", { kind: 'cjs' })],
    ["'export ='", input('export = 1;', { kind: undefined })],
    [
      'namespaces of several blocks',
      input('namespace A { export let b = 1 }\nnamespace A { export const c = b }'),
    ],
    ['an import that is assigned to', input("import { a } from './a.ts';\na = 1;")],
  ])('of %s has the same result', async (_what, given) => {
    expect(await transformInThread(given)).toEqual(transform(given));
  });

  test('throws the same syntax error', async () => {
    const given = input('const a: = 1');
    const error = await transformInThread(given).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceSyntaxError);
    expect(() => transform(given)).toThrow(error as SourceSyntaxError);
  });
});
