import { builtinModules, isBuiltin } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSite, failure, load } from '../_site.ts';

/** The line and column that a message begins with. */
function placeOf({ message }: Error): string {
  return /^entry\.ts:(\d+:\d+): /.exec(message)?.[1] ?? message;
}

describe('an import of a file that is not a module marks its line and gives advice:', () => {
  test.each([
    ['x.css', /^Put x\.css into static\/ and link it from the page by staticUrl\('x\.css'\)/],
    ['x.scss', /staticUrl/],
    ['x.png', /staticUrl/],
    [
      'x.svg',
      /staticUrl\('x\.svg'\) of 'startproject\/static', or read it: readFileSync\(new URL\('\.\/x\.svg', import\.meta\.url\)\)/,
    ],
    ['x.html', /as a text: readFileSync\(new URL\('\.\/x\.html', import\.meta\.url\), 'utf8'\)/],
    ['x.txt', /as a text/],
    ['x.yaml', /readFileSync\(.*parse it/],
    ['x.vue', /Compile/],
    ['x.node', /createRequire\(import\.meta\.url\)\('\.\/x\.node'\)/],
    ['x.whatever', /as a text/],
  ])('%s', async (name, hint) => {
    const error = await failure({ 'entry.ts': `\nimport './${name}';\n`, [name]: 'a { b: c }' });
    const ending = path.extname(name);
    expect(error.message).toBe(`entry.ts:2:9: Cannot import './${name}': a ${ending} file is not a module.`);
    expect(error.hint).toMatch(hint);
    expect(error.codeFrame).toContain(`> 2 | import './${name}';`);
  });

  test('the advice for a file in another folder contains its relative path', async () => {
    const error = await failure({ 'entry.ts': "import './assets/x.txt';", 'assets/x.txt': '' });
    expect(error.hint).toContain("new URL('./assets/x.txt', import.meta.url)");
  });

  test('a required file of a type that Node would load as JavaScript', async () => {
    const error = await failure({ 'entry.cts': "require('./x.css');", 'x.css': 'a { b: c }' });
    expect(error.hint).toMatch(/staticUrl/);
    const { result } = await load({
      'entry.cts': "exports.result = require('./x.conf');",
      'x.conf': 'module.exports = 1;',
    });
    expect(result).toBe(1);
  });

  test('a builtin that this Node does not have', async () => {
    const error = await failure({ 'entry.ts': "import 'node:sqlitte';" });
    expect(error.message).toBe(
      `entry.ts:1:9: Cannot find module 'node:sqlitte': Node ${process.versions.node} has no such module.`,
    );
    expect(error.hint).toBe(
      isBuiltin('node:sqlite') && builtinModules.includes('node:sqlite')
        ? "Did you mean 'node:sqlite'?"
        : 'Another version of Node may have it, or a flag of it.',
    );
  });

  test.skipIf(isBuiltin('node:sqlite'))('a builtin that only a later version of Node has', async () => {
    const error = await failure({ 'entry.ts': "import 'node:sqlite';" });
    expect(error.message).toBe(
      `entry.ts:1:9: 'node:sqlite' needs Node 22.13 or later; this is Node ${process.versions.node}.`,
    );
    expect(error.hint).toBe('Run the site with a later version of Node.');
    expect(error.codeFrame).toContain("> 1 | import 'node:sqlite';");
  });

  test('a path below the name of a builtin, without advice to install a package', async () => {
    const error = await failure({ 'entry.ts': "import 'fs/promise';" });
    expect(error.hint).toBe("Did you mean 'fs/promises'?");
  });

  test.each([
    ['sea', "Write 'node:sea' for Node's own. Install it with 'npm install sea' for a package."],
    [
      'test/reporters',
      "Write 'node:test/reporters' for Node's own. Install it with 'npm install test' for a package.",
    ],
    ['sqlite', "Write 'node:sqlite' for Node's own. Install it with 'npm install sqlite' for a package."],
  ])('a builtin that exists only with the prefix node: %s', async (name, hint) => {
    const error = await failure({ 'entry.ts': `import '${name}';` });
    expect(error.message).toBe(`entry.ts:1:9: Cannot find package '${name}'.`);
    expect(error.hint).toBe(hint);
  });

  test.each([
    ['iron-sesion/edge', "Did you mean 'iron-session/edge'?"],
    ['iron-session', "package.json lists it: run 'npm install'."],
    ['left-padding', "Install it with 'npm install left-padding'."],
  ])('a package that package.json lists, perhaps misspelt: %s', async (name, hint) => {
    const manifest = JSON.stringify({ dependencies: { 'iron-session': '^8.0.0' } });
    const error = await failure({ 'package.json': manifest, 'entry.ts': `import '${name}';` });
    expect(error.hint).toBe(hint);
  });

  test.each([
    ['npm:zod@3/v4', "Install it with 'npm install zod', and import it by its name: 'zod/v4'."],
    [
      'jsr:@std/assert@1',
      "Install it with 'npx jsr add @std/assert', and import it by its name: '@std/assert'.",
    ],
    ['bun:sqlite', "Only Bun has it. Node's own is 'node:sqlite'."],
    ['bun:ffi', "Only Bun has it: use a package or a builtin of Node, such as 'node:test' for 'bun:test'."],
    ['deno:x', 'Only Deno has it: use a package or a builtin of Node.'],
    [
      'https://esm.sh/zod',
      'Install the package from npm and import it by its name, or keep a copy of the file in the project.',
    ],
    ['odd:x', "Only 'file:', 'data:' and 'node:' can be imported."],
  ])('a URL: %s', async (url, hint) => {
    const error = await failure({ 'entry.ts': `import '${url}';` });
    const scheme = url.slice(0, url.indexOf(':') + 1);
    expect(error.message).toBe(
      `entry.ts:1:9: Cannot import '${url}': Node loads no modules from ${scheme} URLs.`,
    );
    expect(error.hint).toBe(hint);
  });

  test('the path of a file is relative to the root, so that files of the same name are distinguished', async () => {
    const error = await failure({
      'entry.ts': "import './blog/urls.ts'; import './shop/urls.ts';",
      'blog/urls.ts': '',
      'shop/urls.ts': "import { all } from '../blog/urls.ts';\nconsole.log(all);",
    });
    expect(error.message).toBe("shop/urls.ts:1:10: '../blog/urls.ts' has no export named 'all'.");
    expect(error.hint).toBe("Export it from blog/urls.ts, or write 'import type' if it is a type.");
  });

  test('the hint contains the encoded name when a specifier must be a URL', async () => {
    const error = await failure({ 'entry.ts': "import './a#b.ts';", 'a#b.ts': '' });
    expect(error.hint).toBe("Did you mean './a%23b.ts'?");
  });

  test('the hint explains an alias that is in no tsconfig.json', async () => {
    const error = await failure({ 'entry.ts': "import '@/gone.ts';" });
    expect(error.hint).toMatch(/^No package has such a name\. If it is an alias, /);
  });

  test('the hint contains the path that an alias leads to', async () => {
    const error = await failure({
      'entry.ts': "import '@/gone.ts';",
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    });
    expect(error.hint).toBe('Create src/gone.ts, or correct the import.');
  });
});

describe('the hint for a missing file names the file to create:', () => {
  test.each([
    ['./nope', /^Create nope\.ts, or correct the import\.$/],
    ['./nope.js', /^Create nope\.ts, or correct the import\.$/],
    ['./folder', /^Create folder\/index\.ts, or correct the import\.$/],
    ['./folder/', /^Create folder\/index\.ts, or correct the import\.$/],
    ['./foldr/', /^Did you mean '\.\/folder'\?$/],
    ['pk/nope', /^Correct the import, or install the version of pk that has it\.$/],
  ])('%s', async (specifier, hint) => {
    const error = await failure({
      'entry.ts': `import '${specifier}';`,
      'folder/other.txt': '',
      'node_modules/pk/index.js': '',
    });
    expect(error.hint).toMatch(hint);
  });
});

describe('the place of a missing export is the imported name', () => {
  const MODULE = "export const a = 1; export default 'x';";

  test.each([
    ['in the first import', "import { nope } from './m.ts';\nimport { a } from './m.ts';", '1:10'],
    [
      'in the second import of a module',
      "import { a } from './m.ts';\nimport { nope } from './m.ts';",
      '2:10',
    ],
    ['behind another name', "import { a } from './m.ts';\nimport { a as b, nope } from './m.ts';", '2:18'],
    [
      'where another one is called so',
      "import { a as nope } from './m.ts';\nimport { nope as c } from './m.ts';",
      '2:10',
    ],
    [
      'where a comment has it',
      "// import { nope } from './m.ts';\nimport { /* './m.ts' */ nope } from './m.ts';",
      '2:25',
    ],
    [
      'behind the import of a type',
      "import type { nope } from './m.ts';\nimport { nope as c } from './m.ts';",
      '2:10',
    ],
    ['on a line of its own', "import {\n  a,\n  nope,\n} from './m.ts';", '3:3'],
    ['in double quotes', 'import { nope } from "./m.ts";', '1:10'],
    ['as a text', "import { 'no-pe' as nope } from './m.ts';", '1:11'],
    ['passed on', "export { a, nope } from './m.ts';", '1:13'],
    ['passed on by another name', "import './m.ts';\nexport { nope as b } from './m.ts';", '2:10'],
  ])('%s', async (_what, source, place) => {
    const code = `${source}\n${source.includes('import {') ? 'console.log(typeof a, typeof b, typeof c, typeof nope);' : ''}`;
    const error = await failure({ 'entry.ts': code, 'm.ts': MODULE });
    expect(placeOf(error)).toBe(place);
  });

  test('the place is the default import when that is missing', async () => {
    const error = await failure({
      'entry.ts': "import { a } from './m.ts';\nimport d from './m.ts';\nconsole.log(a, d);",
      'm.ts': 'export const a = 1;',
    });
    expect(placeOf(error)).toBe('2:8');
  });
});

describe('the hint for an imported type names its kind', () => {
  const VERBATIM = { 'tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true } }' };

  test.each([
    ['export interface T { a: 1 }', 'an interface'],
    ['export type T = 1;', 'a type'],
    ['interface T { a: 1 }\nexport type { T };', 'an interface'],
    ["export type { T } from './other.ts';", 'a type'],
    ["export { type T } from './other.ts';", 'a type'],
  ])('%s', async (source, kind) => {
    const error = await failure({
      ...VERBATIM,
      'entry.ts': "import { a } from './m.ts';\nimport { T } from './m.ts';\nlet b: T = a;",
      'm.ts': `export const a = 1;\n${source}`,
      'other.ts': 'export type T = 1;',
    });
    expect(placeOf(error)).toBe('2:10');
    expect(error.hint).toBe(
      `'T' is ${kind} in m.ts, which does not exist at run time: write 'import type { T }', or 'type T' between the others.`,
    );
  });

  test('the hint is given for a re-export too', async () => {
    const error = await failure({
      'entry.ts': "export { T } from './m.ts';",
      'm.ts': 'export interface T {}',
    });
    expect(error.hint).toMatch(/write 'export type \{ T \}'/);
  });
});

describe('an import error has Node’s error code', () => {
  const CATCHING = (statement: string) =>
    `export const result = await (async () => { try { ${statement} } catch (error: any) { return [error.code, error.requireStack] } })()`;

  test.each([
    ["await import('./gone.ts')", ['ERR_MODULE_NOT_FOUND', undefined]],
    ["await import('gone')", ['ERR_MODULE_NOT_FOUND', undefined]],
    ["import.meta.resolve('gone')", ['ERR_MODULE_NOT_FOUND', undefined]],
  ])('%s', async (statement, expected) => {
    expect((await load({ 'entry.ts': CATCHING(statement) })).result).toEqual(expected);
  });

  test("require('./gone')", async () => {
    const { result } = await load({
      'entry.cts': "try { require('./gone') } catch (error: any) { exports.result = error }",
    });
    const { code, message, requireStack } = result as NodeJS.ErrnoException & { requireStack: string[] };
    expect([code, path.basename(requireStack[0]!)]).toEqual(['MODULE_NOT_FOUND', 'entry.cts']);
    expect(message).toMatch(/^Cannot find module '\.\/gone'/);
  });
});

test('createRequire() of node:module loads the site’s modules in the same way as require', async () => {
  const { result } = await load({
    'entry.ts': `import { createRequire } from 'node:module';
      import module from 'module';
      const require = createRequire(import.meta.url);
      const below = module.createRequire(import.meta.dirname + '/');
      export const result = [require('./a.cts'), below('./a.cts') === require('./a.cts'), require('./b.json').b,
        require('pkg'), typeof require('node:fs').readFileSync, module.builtinModules.includes('fs')];`,
    'a.cts': 'const a: string = "typescript"; module.exports = { a };',
    'b.json': '{ "b": 1 }',
    'node_modules/pkg/index.js': 'module.exports = "package";',
  });
  expect(result).toEqual([{ a: 'typescript' }, true, 1, 'package', 'function', true]);
});

test('the stack of an import error at run time begins with the file that has the error', async () => {
  const site = createSite({
    'entry.ts': `import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const stackOf = async (attempt: () => unknown) => { try { await attempt() } catch (error) { return error.stack } };
      export const result = [
        await stackOf(() => import('./syntax.ts')), await stackOf(() => import('./above.ts')), await stackOf(() => import('./name.ts')),
        await stackOf(() => require('./data.json')), await stackOf(() => require('./gone.ts')),
      ];`,
    'above.ts': "import './syntax.ts';",
    'syntax.ts': '\nconst a = ;',
    'name.ts': "import { gone } from './empty.ts'; gone();",
    'empty.ts': '',
    'data.json': '{ "a": }',
  });
  const { result } = (await site.loader.importModule('entry')).exports;
  const firstPlaces = (result as string[]).map((stack) =>
    stack.split('\n    at ')[1]!.replace(site.root, ''),
  );
  expect(firstPlaces).toEqual([
    '/syntax.ts:2:11',
    '/syntax.ts:2:11',
    '/name.ts:1:10',
    '/data.json:1:8',
    expect.stringContaining('/entry.ts:6:'),
  ]);
});
