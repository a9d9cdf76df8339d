import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { runCompiled } from './_compiled.ts';
import { createSite, load } from './_site.ts';

const ENTRY = { 'entry.mts': `import main from './main.cjs'; export const result = main.result;` };

/** Projects of CommonJS and TypeScript. */
const PROJECTS: Readonly<Record<string, Files>> = {
  'this at the top level is exports': {
    ...ENTRY,
    'main.cts': `export const result = [this === exports, (() => this === module.exports)(), (function () { return typeof this })()];`,
  },
  'a name on this, beside an import': {
    ...ENTRY,
    'main.cts': `import * as b from './b.cjs'; import { x } from './b.cjs'; export const result = [x, Object.keys(b)];`,
    'b.cts': `import './c.cjs'; this.x = 1;`,
    'c.cts': 'export {};',
  },
  'a name on this, beside an export': {
    ...ENTRY,
    'main.cts': `import * as b from './b.cjs'; import { x, y } from './b.cjs'; export const result = [x, y, Object.keys(b).sort()];`,
    'b.cts': 'export const y = 2; this.x = 1;',
  },
  'a name on this of a file without ES syntax': {
    ...ENTRY,
    'main.cts': `const b = require('./b.cjs'); exports.result = [b, require('./b.cjs') === b];`,
    'b.cts': 'this.x = 1; (() => { this.y = 2 })();',
  },
  'a name on this in a module with an assignment to an import': {
    ...ENTRY,
    'main.cts': `import { x } from './b.cjs'; export const result = [x];`,
    'b.cts': `import { c } from './c.cjs'; this.x = 1; export const f = () => { c = 2 };`,
    'c.cts': 'export const c = 1;',
  },
  'other names for exports': {
    ...ENTRY,
    'main.cts': `import { x, y, z, v } from './b.cjs'; export const result = [x, y, z, v];`,
    'b.cts': `import { fill } from './fill.cjs'; const one = exports; one.x = 1; const { exports: two } = module; two.y = 2; fill(exports); export const v = 4;`,
    'fill.cts': 'export function fill(all) { all.z = 3 }',
  },
  'module.exports that another module replaces': {
    ...ENTRY,
    'main.cts': `import b, { x } from './b.cjs'; export const result = [b, x, require('./b.cjs').y === undefined];`,
    'b.cts': `import { replace } from './replace.cjs'; export const y = 2; replace(module);`,
    'replace.cts': 'export function replace(module) { module.exports = { x: 1 } }',
  },
  'exports that another module assigns to': {
    ...ENTRY,
    'main.cts': `import './set.cjs'; import { f, c, l } from './b.cjs'; import { use } from './use.cjs'; export const result = [f(), c, l, use()];`,
    'b.cts': `export function f() { return 'f' } export const c = 1; export let l = 2;`,
    'set.cts': `const b = require('./b.cjs'); b.f = () => 'replaced'; b.c = 'c'; b.l = 'l';`,
    'use.cts': `import * as b from './b.cjs'; export const use = () => [b.f(), b.c, b.l];`,
  },
  'exports that another module assigns to later': {
    ...ENTRY,
    'main.cts': `import { f } from './b.cjs'; import { use } from './use.cjs'; const b = require('./b.cjs'); b.f = () => 'replaced'; export const result = [f(), use()];`,
    'b.cts': `export function f() { return 'f' }`,
    'use.cts': `import { f } from './b.cjs'; export const use = () => f();`,
  },
  'exports that another module adds': {
    ...ENTRY,
    'main.cts': `import './set.cjs'; import * as b from './b.cjs'; import { x } from './b.cjs'; export const result = [x, Object.keys(b)];`,
    'b.cts': 'export const c = 1;',
    'set.cts': `require('./b.cjs').x = 'added';`,
  },
  'a re-export cannot be assigned to': {
    ...ENTRY,
    'main.cts': `const b = require('./b.cjs'); let seen; try { b.x = 2 } catch ({ name }) { seen = name } export const result = [seen, b.x];`,
    'b.cts': `export { x } from './c.cjs';`,
    'c.cts': 'export const x = 1;',
  },
  'export * re-exports assigned properties': {
    ...ENTRY,
    'main.cts': `require('./c.cjs').x = 2; const b = require('./b.cjs'); export const result = [b.x];`,
    'b.cts': `export * from './c.cjs';`,
    'c.cts': 'export const x = 1;',
  },
  'ES modules import the values at the end of the evaluation': {
    'entry.mts': `import * as b from './b.cjs'; import { x, increase } from './b.cjs'; import { createRequire } from 'node:module'; increase(); const whole = createRequire(import.meta.url)('./b.cjs'); const seen = [x, b.x, b.default.x, whole.x]; whole.x = 5; export const result = [...seen, x, b.x, b.default.x];`,
    'b.cts': 'export let x = 1; export function increase() { x++ }',
  },
  'CommonJS imports the current values': {
    ...ENTRY,
    'main.cts': `import * as b from './b.cjs'; import { x, increase } from './b.cjs'; import { n, more } from './plain.cjs'; increase(); more(); export const result = [x, b.x, n];`,
    'b.cts': 'export let x = 1; export function increase() { x++ }',
    'plain.cts': 'exports.n = 1; exports.more = () => { exports.n++ };',
  },
  'an imported module is a child, like a required one': {
    ...ENTRY,
    'main.cts': `import { parent } from './b.cjs'; const c = require('./c.cjs'); export const result = [parent, c.parent, module.children.length, module.children.map(({ loaded }) => loaded)];`,
    'b.cts': `export const parent = [module.parent?.filename.endsWith('main.cts') || module.parent?.filename.endsWith('main.cjs'), module.loaded];`,
    'c.cts': `export const parent = [module.parent?.filename.endsWith('main.cts') || module.parent?.filename.endsWith('main.cjs'), module.loaded];`,
  },
  'a module that was required before is a child too, and keeps its parent': {
    ...ENTRY,
    'main.cts': `import './a.cjs'; import { parent } from './b.cjs'; const c = require('./c.cjs'); const again = require('./c.cjs'); export const result = [parent, module.children.length, c.children.length, again === c];`,
    'a.cts': `import './b.cjs'; export {};`,
    'b.cts': `export const parent = /(a|main)\\.c[tj]s$/.exec(module.parent?.filename ?? '')?.[1];`,
    'c.cts': `require('./a.cjs'); module.exports = module;`,
  },
  'require.cache contains the module, which runs again after it was deleted there': {
    ...ENTRY,
    'main.cts': `import './b.cjs'; const id = require.resolve('./b.cjs'); const first = require('./b.cjs'); const cached = require.cache[id]; delete require.cache[id]; const second = require('./b.cjs'); export const result = [cached.exports === first, first.n, second.n];`,
    'b.cts': 'globalThis.runs = (globalThis.runs ?? 0) + 1; export const n = globalThis.runs;',
  },
  'exports that are replaced in require.cache': {
    ...ENTRY,
    'main.cts': `import './b.cjs'; require.cache[require.resolve('./b.cjs')].exports = { f: 'new' }; export const result = [require('./b.cjs').f, require('./use.cjs').f];`,
    'b.cts': `export const f = 'old';`,
    'use.cts': `import { f } from './b.cjs'; exports.f = f;`,
  },
  'a module that threw an error runs again': {
    ...ENTRY,
    'main.cts': `export const result = []; for (const turn of [1, 2]) try { result.push(require('./b.cjs').x) } catch ({ message }) { result.push(turn, message) }`,
    'b.cts': `export const x = 1; globalThis.tries = (globalThis.tries ?? 0) + 1; if (globalThis.tries === 1) throw new Error('the first time');`,
  },
  'a module is printed without getters': {
    ...ENTRY,
    'main.cts': `import { inspect } from 'node:util'; export const result = [inspect(require('./b.cjs')), inspect({ a: { b: { c: require('./b.cjs') } } })];`,
    'b.cts': 'export class A {} export const b = { c: 1 };',
  },
};

const results = new Map<string, unknown>();

beforeAll(async () => {
  const compiled = await runCompiled(Object.values(PROJECTS));
  for (const [index, name] of Object.keys(PROJECTS).entries()) results.set(name, compiled[index]);
});

test.each(Object.entries(PROJECTS))(
  'a compiled module has the same exports as with tsc: %s',
  async (name, files) => {
    Object.assign(globalThis, { runs: undefined, tries: undefined });
    const { result } = await load(files);
    expect(JSON.parse(JSON.stringify(result))).toEqual(results.get(name));
  },
);

test('a module has the same parent and children after a prepared file has changed', async () => {
  const { root, loader } = createSite({
    'entry.mts': `import main from './main.cjs'; export const result = main.result;`,
    'main.cts': `import './b.cjs'; export const result = [module.children.length, module.children[0].children.length, module.children[0].parent === module, module.children[0].children[0].parent.exports.b];`,
    'b.cts': `import './c.cjs'; export const b = 1;`,
    'c.cts': 'export {};',
  });
  loader.prepare([path.join(root, 'entry.mts')]);
  writeFileSync(path.join(root, 'b.cts'), `import './c.cjs'; export const b = 'changed';`);
  loader.refresh([path.join(root, 'b.cts')]);
  const { exports } = await loader.importModule('entry');
  expect(exports.result).toEqual([1, 1, true, 'changed']);
});
