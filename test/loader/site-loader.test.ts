import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { createSite, failure, load } from './_site.ts';

const TYPESCRIPT_5 = fileURLToPath(new URL('../../node_modules/typescript-5', import.meta.url));

describe('modules', () => {
  test('TypeScript with enums, parameter properties, namespaces and generics runs', async () => {
    const { result } = await load({
      'entry.ts': `
        enum Color { Red, Green = 'g' }
        namespace Inner { export const k = 1 }
        class Point<T extends number> { constructor(private readonly x: T, public y = 2) {} sum() { return this.x + this.y } }
        export const result = [Color.Red, Color.Green, Inner.k, new Point(1).sum(), <number>3, 4 satisfies number]`,
    });
    expect(result).toEqual([0, 'g', 1, 3, 3, 4]);
  });

  test('imports that are used only as types are not loaded', async () => {
    const { result } = await load({
      'entry.ts': `import { Shape, area } from './shape.ts'\nexport const result = area({ side: 2 } as Shape)`,
      'shape.ts': `export interface Shape { side: number }\nexport const area = (s: Shape) => s.side ** 2`,
    });
    expect(result).toBe(4);
  });

  test('bindings are live', async () => {
    const { result } = await load({
      'entry.ts': `import { count, grow } from './counter.ts'\ngrow(); grow()\nexport const result = count`,
      'counter.ts': 'export let count = 0\nexport function grow() { count++ }',
    });
    expect(result).toBe(2);
  });

  test('modules of a cycle can call each other’s functions before either has run', async () => {
    const { result } = await load({
      'entry.ts': `import { a } from './a.ts'\nexport const result = a()`,
      'a.ts': `import { b } from './b.ts'\nexport function a() { return 'a' + b }\nexport function early() { return 'early' }`,
      'b.ts': `import { early } from './a.ts'\nexport const b = early()`,
    });
    expect(result).toBe('aearly');
  });

  test('a cycle through a barrel file reads modules that have already run', async () => {
    const { result } = await load({
      'entry.ts': `export { B as result } from './index.ts'`,
      'index.ts': `export { A } from './a.ts'\nexport * from './b.ts'`,
      'a.ts': 'export class A { name = "A" }',
      'b.ts': `import { A } from './index.ts'\nexport const B = new (class extends A {})().name`,
    });
    expect(result).toBe('A');
  });

  test('reading a binding before it is initialized throws a ReferenceError', async () => {
    const error = await failure({
      'entry.ts': `import './a.ts'`,
      'a.ts': `import './b.ts'\nexport const a = 1`,
      'b.ts': `import { a } from './a.ts'\nexport const b = a`,
    });
    expect(error.message).toMatch(
      /^b\.ts:2:\d+: loading failed: ReferenceError: Cannot access 'a' before init/,
    );
  });

  test('a top-level await delays the modules above it until the modules below have run', async () => {
    const { result } = await load({
      'entry.ts': `import './slow.ts'\nimport { log } from './log.ts'\nlog.push('entry')\nexport const result = log`,
      'slow.ts': `import { log } from './log.ts'\nlog.push('before')\nawait new Promise((done) => setTimeout(done, 5))\nlog.push('after')`,
      'log.ts': 'export const log: string[] = []',
    });
    expect(result).toEqual(['before', 'after', 'entry']);
  });

  test('an await inside of a function leaves a module synchronous', async () => {
    const { loader } = createSite({
      'entry.ts': 'export const f = async () => { for await (const x of []) await (x) }',
    });
    expect(loader.importModuleSync('entry').exports.f).toBeTypeOf('function');
  });

  test('export *, export * as and renamed exports re-export the names', async () => {
    const { result } = await load({
      'entry.ts': `import * as all from './all.ts'\nexport const result = { ...all, ns: { ...all.ns } }`,
      'all.ts': `export * from './one.ts'\nexport * as ns from './two.ts'\nexport { two as dos, default as zwei } from './two.ts'`,
      'one.ts': 'export const one = 1\nexport default "not passed on"',
      'two.ts': 'export const two = 2\nexport default 22',
    });
    expect(result).toEqual({ one: 1, ns: { two: 2, default: 22 }, dos: 2, zwei: 22 });
  });

  test('export * re-exports the names of a package', async () => {
    const { result } = await load({
      'entry.ts': `import { sep } from './all.ts'\nexport const result = sep`,
      'all.ts': `export * from 'node:path'`,
    });
    expect(result).toBe(path.sep);
  });

  test('import.meta has url, filename, dirname and resolve', async () => {
    const site = createSite({
      'entry.ts':
        'const { url, filename, dirname } = import.meta\nexport const result = { url, filename, dirname, other: import.meta.resolve("./other.js") }',
      'other.ts': '',
    });
    const { result } = (await site.loader.importModule('entry')).exports;
    const file = path.join(site.root, 'entry.ts');
    expect(result).toEqual({
      url: `file://${file}`,
      filename: file,
      dirname: site.root,
      other: `file://${path.join(site.root, 'other.ts')}`,
    });
  });

  test('import() loads a module once for all importers', async () => {
    const { result } = await load({
      'entry.ts': `import * as a from './a.ts'\nconst again = await import('./' + 'a.ts')\nexport const result = a === again`,
      'a.ts': 'export const a = 1',
    });
    expect(result).toBe(true);
  });

  test('an ES module can declare the names that Node reserves for CommonJS', async () => {
    const { result } = await load({
      'entry.ts': `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nconst __dirname = import.meta.dirname\nexport const result = typeof require('node:fs').statSync`,
    });
    expect(result).toBe('function');
  });

  test('using disposes at the end of its block', async () => {
    const { result } = await load({
      'entry.ts': `export const result: string[] = []\n{ using x = { [Symbol.dispose]() { result.push('disposed') } }; result.push('used') }`,
    });
    expect(result).toEqual(['used', 'disposed']);
  });
});

describe('other kinds of files', () => {
  test('JSON has a default export and named exports', async () => {
    const { result } = await load({
      'entry.ts': `import data, { name } from './data.json' with { type: 'json' }\nexport const result = [data.n, name]`,
      'data.json': '{ "n": 1, "name": "x" }',
    });
    expect(result).toEqual([1, 'x']);
  });

  test('CommonJS and ES modules of the site import each other', async () => {
    const { result } = await load({
      'entry.ts': `import legacy, { half } from './legacy.cts'\nexport const result = [legacy.whole, half, legacy.modern]`,
      'legacy.cts': `import path = require('node:path')\nconst modern = require('./modern.ts')\nmodule.exports = { whole: 2, half: 1, modern: modern.value + path.sep, dir: __dirname }`,
      'modern.ts': 'export const value: string = "m"',
    });
    expect(result).toEqual([2, 1, `m${path.sep}`]);
  });

  test('the syntax decides the kind of a file in a package without a type', async () => {
    const { result } = await load({
      'package.json': '{}',
      'entry.ts': `import old from './old.js'\nexport const result = old`,
      'old.js': 'exports.file = __filename.slice(-6)',
    });
    expect(result).toEqual({ file: 'old.js' });
  });

  test('TypeScript of a CommonJS package may use import and require in one file', async () => {
    const { result } = await load({
      'package.json': '{"type":"commonjs"}',
      'entry.ts': `import { sep } from 'path'\nexport const result = [sep, require('os').EOL, typeof __dirname]`,
    });
    expect(result).toEqual([path.sep, '\n', 'string']);
  });

  test('packages are loaded by Node, ES modules and CommonJS', async () => {
    const { result } = await load({
      'entry.ts': `import esm from 'esm-package'\nimport cjs, { named } from 'cjs-package'\nexport const result = [esm, cjs.named, named]`,
      'node_modules/esm-package/package.json': '{"type":"module","exports":"./main.js"}',
      'node_modules/esm-package/main.js': 'export default "esm"',
      'node_modules/cjs-package/index.js': 'exports.named = "cjs"',
    });
    expect(result).toEqual(['esm', 'cjs', 'cjs']);
  });

  test('JSX is compiled as tsconfig says', async () => {
    const { result } = await load({
      'tsconfig.json': '{ // with a comment\n "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
      'entry.tsx': 'const h = (...parts: unknown[]) => parts\nexport const result = <p id="x">hi</p>',
    });
    expect(result).toEqual(['p', { id: 'x' }, 'hi']);
  });

  test('legacy decorators and their metadata work when tsconfig.json, or a file that it extends, enables them', async () => {
    const { result } = await load({
      'base.json': '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
      'tsconfig.json': '{ "extends": "./base.json" }',
      'entry.ts': `export const result: string[] = []
        const note = (_: object, key: string) => void result.push(key)
        export class A { @note field: string = ''; @note method(): void {} }`,
    });
    expect(result).toEqual(['field', 'method']);
  });

  test('standard decorators are compiled by the TypeScript that the site has installed', async () => {
    const { loader, root } = createSite({
      'entry.ts': `export const result: string[] = []
        const note = (_: unknown, { name }: DecoratorContext) => void result.push(String(name))
        export @note class A { @note accessor field: string = ''; @note method(): void {} }`,
      'node_modules/.keep': '',
    });
    symlinkSync(TYPESCRIPT_5, path.join(root, 'node_modules/typescript'));
    expect((await loader.importModule('entry')).exports.result).toEqual(['field', 'method', 'A']);
  });

  test('standard decorators without a compiler cause an error with advice, and an @ in a text does not', async () => {
    const error = await failure({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@here/*": ["./*"] } } }',
      'entry.ts': `import '@here/address.ts'\nconst note = () => {}\nexport class A {\n  @note m() {}\n}`,
      'address.ts': `export const address = 'me@example.org' // @see nobody`,
    });
    expect(error.message).toBe(
      'entry.ts:4:3: entry.ts has standard decorators, and the site has no compiler for them.',
    );
    expect(error.hint).toMatch(/npm install -D esbuild/);
  });

  test('paths and baseUrl of tsconfig.json are resolved', async () => {
    const { result } = await load({
      'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["./lib/*"] } } }',
      'entry.ts': `import { a } from '@lib/a'\nimport { b } from 'lib/b'\nexport const result = a + b`,
      'lib/a.ts': 'export const a = 1',
      'lib/b/index.ts': 'export const b = 2',
    });
    expect(result).toBe(3);
  });

  test('imports find TypeScript for .js, without an extension, and in a folder', async () => {
    const { result } = await load({
      'entry.ts': `import { a } from './a.js'\nimport { b } from './b'\nimport { c } from './c'\nexport const result = a + b + c`,
      'a.ts': 'export const a = 1',
      'b.mts': 'export const b = 2',
      'c/index.ts': 'export const c = 3',
    });
    expect(result).toBe(6);
  });

  test('package.json imports and a workspace package outside of node_modules run as TypeScript', async () => {
    const { result } = await load({
      'package.json': '{ "type": "module", "imports": { "#inner": "./inner.ts" } }',
      'entry.ts': `import { inner } from '#inner'\nexport const result = inner`,
      'inner.ts': 'export const inner: string = "in"',
    });
    expect(result).toBe('in');
  });
});

describe('a load error', () => {
  test('for a missing module lists the tried paths and the nearest name', async () => {
    const { loader } = createSite({ 'mysite/wsgi.ts': '' });
    await expect(loader.importModule('mysite.wsgy')).rejects.toMatchObject({
      message: expect.stringMatching(
        /no module 'mysite.wsgy' in .*mysite\/wsgy.ts nor mysite\/wsgy\/index.ts exists/,
      ),
      hint: "Did you mean 'mysite.wsgi'?",
    });
  });

  test.each([
    ['mysite', "It is a folder: name a module in it, such as 'mysite.settings', 'mysite.wsgi'."],
    ['mysite/wsgi.ts', "Write it with dots and without its ending: 'mysite.wsgi'."],
    ['other', 'Create other.ts, or correct the dotted path.'],
  ])('for %s says that it is not a dotted path, with a hint', async (dotted, hint) => {
    const { loader } = createSite({ 'mysite/wsgi.ts': '', 'mysite/settings.ts': '' });
    await expect(loader.importModule(dotted)).rejects.toMatchObject({ hint });
  });

  test('names a missing import', async () => {
    const error = await failure({ 'entry.ts': `import './views.ts'`, 'view.ts': '' });
    expect(error.message).toMatch(/^entry\.ts:1:9: Cannot find module '\.\/views\.ts': no such file/);
    expect(error.hint).toBe("Did you mean './view.ts'?");
    expect(error.codeFrame).toContain("> 1 | import './views.ts'");
  });

  test('names a missing package', async () => {
    const error = await failure({ 'entry.ts': `import x from 'left-padding/sub'\nx()` });
    expect(error.message).toBe("entry.ts:1:16: Cannot find package 'left-padding/sub'.");
    expect(error.hint).toBe("Install it with 'npm install left-padding'.");
  });

  test('for a misspelt module of this package does not advise to install it, since the name on npm is another package', async () => {
    const error = await failure({ 'entry.ts': `import { path } from 'startproject/url'\npath()` });
    expect(error.message).toBe(
      "entry.ts:1:23: Cannot find module 'startproject/url': this version of startproject has no module 'startproject/url'.",
    );
    expect(error.hint).toBe("Did you mean 'startproject/urls'?");
  });

  test('names a missing module of an installed package', async () => {
    const error = await failure({
      'entry.ts': `import 'tidy/nope'`,
      'node_modules/tidy/package.json': '{ "name": "tidy", "exports": { ".": "./index.js" } }',
      'node_modules/tidy/index.js': '',
    });
    expect(error.message).toMatch(/^entry\.ts:1:9: Cannot find module 'tidy\/nope': /);
    expect(error.hint).toBe('See what "exports" in the package.json of tidy names.');
  });

  test('for a missing indirect import is thrown before any module has run', async () => {
    const key = 'startproject-test-ran';
    await failure({
      'entry.ts': `import './ran.ts'\nimport './deep.ts'`,
      'ran.ts': `(globalThis as any)['${key}'] = true`,
      'deep.ts': `import './missing.ts'`,
    });
    expect(key in globalThis).toBe(false);
  });

  test('for a syntax error has the place and a code frame', async () => {
    const error = await failure({
      'entry.ts': `import './bad.ts'`,
      'bad.ts': `const é = '€'\nconst a = ;\n`,
    });
    expect(error.message).toBe('bad.ts:2:11: syntax error: Unexpected token');
    expect(error.codeFrame).toBe(`  1 | const é = '€'\n> 2 | const a = ;\n    |           ^\n  3 |`);
  });

  test('for an error that a module threw has the line of the source', async () => {
    const error = await failure({
      'entry.ts': `import { f } from './f.ts'\ninterface Gone { a: 1 }\nf()`,
      'f.ts': `interface Gone {\n  a: string\n}\nexport function f(): void {\n  throw new TypeError('no')\n}`,
    });
    expect(error.message).toBe('f.ts:5:9: loading failed: TypeError: no');
    expect(error.codeFrame).toContain("> 5 |   throw new TypeError('no')");
  });

  test('shows a thrown value that is not an error', async () => {
    const error = await failure({ 'entry.ts': 'throw { code: 1 }' });
    expect(error.message).toBe('entry.ts: loading failed: {"code":1} was thrown, which is not an Error');
  });

  test('for a missing export suggests the nearest name', async () => {
    const error = await failure({
      'entry.ts': `import { hme } from './views.ts'\nhme()`,
      'views.ts': 'export const home = 1',
    });
    expect(error.message).toBe("entry.ts:1:10: './views.ts' has no export named 'hme'.");
    expect(error.hint).toBe("Did you mean 'home'?");
  });

  test('names a missing export of a CommonJS package', async () => {
    const error = await failure({
      'entry.ts': `import { nope } from 'cjs-package'\nnope()`,
      'node_modules/cjs-package/index.js': 'exports.named = 1',
    });
    expect(error.message).toBe("entry.ts:1:10: 'cjs-package' has no export named 'nope'.");
  });

  test('has the place of an error in JSON', async () => {
    const error = await failure({ 'entry.ts': `import './data.json'`, 'data.json': '{\n  "a": }' });
    expect(error.message).toMatch(/^data\.json:2:8: syntax error: Unexpected token/);
  });

  test('is the same object for every later import of the failed module', async () => {
    const { result } = await load({
      'entry.ts': `const errors = []\nfor (let i = 0; i < 2; i++) try { await import('./bad.ts') } catch (e) { errors.push(e) }\nexport const result = [errors.length, errors[0] === errors[1]]`,
      'bad.ts': 'throw new Error("bad")',
    });
    expect(result).toEqual([2, true]);
  });
});

test('every file that affects the load is recorded, also a missing file that could fix it', async () => {
  const { loader, files, root } = createSite({ 'tsconfig.json': '{}', 'entry.ts': `import './gone'` });
  await loader.importModule('entry').catch(() => {});
  const noted = [...files.states.keys()].map((file) => path.relative(root, file));
  expect(noted).toEqual(
    expect.arrayContaining(['entry.ts', 'package.json', 'tsconfig.json', 'gone.ts', 'gone/index.ts']),
  );
  expect(files.states.get(path.join(root, 'gone.ts'))).toBe(null);
});

describe('the global Response', () => {
  async function keptFor(files: Files): Promise<number> {
    let count = 0;
    await createSite(files, { beforeGlobalUse: () => count++ }).loader.importModule('entry');
    return count;
  }

  test.each([
    'globalThis.Response = globalThis.Response; export {}',
    'Object.assign(global, {}); export {}',
    "Response = Response as never; export const text = 'x'",
    'export class OwnRequest extends Request {}',
    "export const result = new Function('return this')()",
    "import { createRequire } from 'node:module'; export const require = createRequire(import.meta.url)",
  ])('is saved before a module runs that may replace it: %s', async (entry) => {
    expect(await keptFor({ 'entry.ts': entry })).toBe(1);
  });

  test('is saved before a package runs', async () => {
    const files = { 'entry.ts': "import 'some'", 'node_modules/some/index.js': '' };
    expect(await keptFor(files)).toBe(1);
  });

  test('is not saved for other modules', async () => {
    const entry = "import 'node:path'; export const result = new Response('x') instanceof Response";
    expect(await keptFor({ 'entry.ts': entry })).toBe(0);
  });
});
