import { describe } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { compare } from './_compare.ts';

const LOG = { 'log.ts': 'export const log = [];' };
const IMPORT_LOG = `import { log } from './log.ts';\n`;

/** Modules that log. Each is one line of imports, and what it does. */
function logging(modules: Readonly<Record<string, string>>): Files {
  const files = Object.entries(modules).map(([name, text]) => [`${name}.ts`, `${IMPORT_LOG}${text}`]);
  return { ...LOG, ...Object.fromEntries(files) };
}

/** Imports modules and tells what was logged, also when one fails. */
const ENTRY = (...names: string[]) =>
  `${names.map((name) => `import './${name}.ts';`).join('')}\nexport const result = log;`;

const CAUGHT = (...names: string[]) => `
for (const load of [${names.map((name) => `() => import('./${name}.ts')`).join(', ')}]) {
  await load().then(() => log.push('loaded'), (error) => log.push(error.message));
}
export const result = log;`;

const tick = 'await null;';
const ticks = (count: number) => tick.repeat(count);

const ORDER: Record<string, Files> = {
  'the first awaits what the second resolves': logging({
    entry: ENTRY('a', 'b'),
    gate: 'export let open; export const gate = new Promise((resolve) => { open = resolve });',
    a: `import { gate } from './gate.ts'; log.push('a1'); await gate; log.push('a2');`,
    b: `import { open } from './gate.ts'; log.push('b1'); open(); await null; log.push('b2');`,
  }),
  'siblings that await': logging({
    entry: ENTRY('a', 'b', 'c'),
    a: `log.push('a1'); ${ticks(3)} log.push('a2');`,
    b: `log.push('b1'); ${ticks(1)} log.push('b2');`,
    c: `log.push('c');`,
  }),
  'parents run as soon as they can, in their order': logging({
    entry: ENTRY('p', 'q', 'r'),
    p: `import './slow.ts'; log.push('p');`,
    q: `import './fast.ts'; log.push('q');`,
    r: `import './slow.ts'; import './fast.ts'; log.push('r');`,
    slow: `log.push('slow1'); ${ticks(5)} log.push('slow2');`,
    fast: `log.push('fast1'); ${ticks(1)} log.push('fast2');`,
  }),
  'several modules that become ready at the same time': logging({
    entry: ENTRY('d', 'c', 'b', 'a'),
    a: `import './x.ts'; log.push('a');`,
    b: `import './a.ts'; import './x.ts'; log.push('b');`,
    c: `import './x.ts'; log.push('c1'); await null; log.push('c2');`,
    d: `import './c.ts'; log.push('d');`,
    x: `log.push('x1'); ${ticks(2)} log.push('x2');`,
  }),
  'a turn of the event loop': logging({
    entry: ENTRY('a', 'b'),
    a: `log.push('a1'); await new Promise((done) => setTimeout(done, 2)); log.push('a2');`,
    b: `import './c.ts'; log.push('b');`,
    c: `log.push('c1'); await new Promise(setImmediate); log.push('c2');`,
  }),
  'ends are a microtask apart': logging({
    entry: ENTRY('p1', 'p2', 'p3', 'other'),
    p1: `import './a1.ts'; log.push('p1');`,
    p2: `import './a2.ts'; log.push('p2');`,
    p3: `import './a3.ts'; log.push('p3');`,
    a1: `${ticks(1)} log.push('a1');`,
    a2: `${ticks(2)} log.push('a2');`,
    a3: `${ticks(3)} log.push('a3');`,
    other: `for (let i = 0; i < 12; i++) { await null; log.push(i) }`,
  }),
  'cycles that await': logging({
    entry: ENTRY('a', 'd'),
    a: `import './b.ts'; log.push('a1'); await null; log.push('a2');`,
    b: `import './c.ts'; import './a.ts'; log.push('b1'); ${ticks(2)} log.push('b2');`,
    c: `import './a.ts'; log.push('c');`,
    d: `import './c.ts'; log.push('d');`,
  }),
  'a module outside of a cycle waits for all of it': logging({
    entry: ENTRY('out', 'ring1'),
    ring1: `import './ring2.ts'; log.push('ring1'); ${ticks(2)} log.push('ring1 end');`,
    ring2: `import './ring3.ts'; import './ring1.ts'; log.push('ring2');`,
    ring3: `import './ring2.ts'; log.push('ring3'); ${ticks(2)} log.push('ring3 end');`,
    out: `import './ring3.ts'; log.push('out');`,
  }),
  'import() while modules await': logging({
    entry: ENTRY('a', 'b'),
    a: `log.push('a1'); const { c } = await import('./c.ts'); log.push('a2 ' + c);`,
    b: `log.push('b');`,
    c: `import './b.ts'; ${tick} log.push('c'); export const c = 'c';`,
  }),
  'import() of a value that cannot be converted to a string is rejected': logging({
    entry: `const none = { toString() { throw new Error('no text') } }; for (const given of [none, Symbol('s'), { toString: () => './a.ts' }]) await import(given).then(() => log.push('loaded'), ({ message }) => log.push(message)); export const result = log;`,
    a: '',
  }),
  'import() runs nothing before its importer continues': logging({
    entry: `${ENTRY('a', 'b')} await log.later;`,
    a: `log.later = import('./c.ts').then(({ c }) => log.push(c)); log.push('a');`,
    b: `log.push('b');`,
    c: `log.push('c runs'); export const c = 'c';`,
  }),
  'import() of a module that is being evaluated, without await': logging({
    entry: `${ENTRY('a')} await log.later;`,
    a: `import './b.ts'; log.push('a1'); log.later = import('./b.ts').then(() => log.push('again')); ${tick} log.push('a2');`,
    b: `log.push('b1'); ${ticks(2)} log.push('b2');`,
  }),
  'an error stops the importers of the module, and no others': logging({
    entry: CAUGHT('top', 'good', 'top'),
    top: `import './bad.ts'; import './good.ts'; log.push('top');`,
    bad: `log.push('bad1'); ${tick} throw new Error('bad2');`,
    good: `log.push('good1'); ${ticks(4)} log.push('good2');`,
  }),
  'after a synchronous error, the later imports do not run': logging({
    entry: CAUGHT('top', 'good', 'bad', 'top'),
    top: `import './bad.ts'; import './good.ts'; log.push('top');`,
    bad: `log.push('bad'); throw new Error('thrown');`,
    good: `log.push('good');`,
  }),
  'an error after an await, while another module is pending': logging({
    entry: CAUGHT('top', 'other'),
    top: `import './slow.ts'; import './bad.ts'; log.push('top');`,
    other: `import './slow.ts'; log.push('other');`,
    slow: `log.push('slow1'); ${ticks(6)} log.push('slow2');`,
    bad: `${tick} throw new Error('bad');`,
  }),
  'the first of two errors is thrown': logging({
    entry: CAUGHT('top', 'a', 'b'),
    top: `import './a.ts'; import './b.ts'; log.push('top');`,
    a: `${ticks(3)} throw new Error('a');`,
    b: `${ticks(1)} throw new Error('b');`,
  }),
  'an error in a cycle is the error of all its modules': logging({
    entry: CAUGHT('a', 'b', 'c'),
    a: `import './b.ts'; log.push('a');`,
    b: `import './c.ts'; import './a.ts'; log.push('b'); throw new Error('b failed');`,
    c: `import './a.ts'; ${tick} log.push('c');`,
  }),
  'an error of a module that waited': logging({
    entry: CAUGHT('top', 'middle', 'slow'),
    top: `import './middle.ts'; log.push('top');`,
    middle: `import './slow.ts'; log.push('middle'); throw new Error('middle failed');`,
    slow: `${ticks(2)} log.push('slow');`,
  }),
  'packages and builtins between modules': logging({
    entry: ENTRY('a', 'b'),
    a: `import 'node:path'; import './legacy.cjs'; import './c.ts'; log.push('a');`,
    b: `import 'node:fs'; ${tick} log.push('b');`,
    c: `import { sep } from 'node:path'; log.push('c', sep);`,
  }),
};
for (const files of Object.values(ORDER)) (files as Record<string, string>)['legacy.cjs'] = 'exports.a = 1;';

const META: Record<string, Files> = {
  'its properties can be changed': {
    'entry.ts': `const names = Object.keys(import.meta).filter((name) => name !== 'main'); import.meta.url = 'changed'; import.meta.dirname ??= 'not needed'; import.meta.added = 1; export const result = [names, import.meta.url, typeof import.meta.dirname, import.meta.added, delete import.meta.filename, import.meta.filename === undefined, typeof import.meta.resolve];`,
  },
  'resolve() accepts folders and values of any type': {
    'entry.ts': `const attempt = (...given) => { try { return import.meta.resolve(...given).endsWith('/') } catch ({ code }) { return code } }; export const result = [attempt('.'), attempt('..'), attempt('./'), attempt('../'), attempt(), attempt(5), attempt('none'), attempt('./none')];`,
  },
  'data: URLs are used unchanged': {
    'entry.ts': `import slash from 'data:text/javascript,export default "a%2Fb"'; import marks from 'data:text/javascript,export default "a?b"'; export const result = [slash, marks];`,
  },
};

const NAMESPACES: Record<string, Files> = {
  'an anonymous default function in a cycle exists before its module has run': {
    'entry.ts': `import def from './a.ts'; export const result = [seen, def.name];`,
    'a.ts': `import './b.ts'; export default function () { return 'hoisted' }`,
    'b.ts': `import def, * as a from './a.ts'; globalThis.seen = [def(), def.name, typeof a.default];`,
  },
  'an anonymous default that is read too early': {
    'entry.ts': `import './a.ts'; export const result = seen;`,
    'a.ts': `import './b.ts'; export default class {}`,
    'b.ts': `import def, * as a from './a.ts'; globalThis.seen = []; for (const read of [() => a.default, () => new a.default()]) try { read() } catch (error) { seen.push(String(error), error.stack.split('\\n')[0]) }`,
  },
  'anonymous defaults are called default': {
    'entry.ts': `import * as all from './all.ts'; export const result = Object.values(all).map(({ name }) => name);`,
    'all.ts': `${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((m) => `export { default as ${m} } from './${m}.ts';`).join('')}`,
    'a.ts': 'export default () => 1',
    'b.ts': 'export default class {}',
    'c.ts': 'export default async function () { await 1 }',
    'd.ts': 'export default function* () {}',
    'e.ts': 'export default (function () {})',
    'f.ts': 'export default (0, () => {})',
    'g.ts': 'export default class { static name = "own" }',
    'h.ts': 'export default function named() {}',
    'i.ts': 'await null; export default async function* () {}',
  },
  'a stack names an anonymous default': {
    'entry.ts': `import def, { Class } from './a.ts'; export const result = [def(), new Class().m()];`,
    'a.ts': `const first = (error) => error.stack.split('\\n')[1].trim().replace(/\\(.*/, ''); export default function () { return first(new Error()) } export class Class { m() { return first(new Error()) } }`,
  },
  'a stack names the methods of an anonymous default': {
    'entry.ts': `import def from './a.ts'; export const result = [new def().m(), def.s(), new def().thrown];`,
    'a.ts': `const first = (error) => error.stack.split('\\n')[1].trim().replace(/\\(.*/, ''); export default class { thrown = first(new Error()); m() { return first(new Error()) } static s() { return first(new Error()) } }`,
  },
  'keys of a namespace are in code-unit order': {
    'entry.ts': `import * as all from './all.ts'; export const result = [Object.keys(all), Reflect.ownKeys(all).map(String), JSON.stringify(all)];`,
    'all.ts': `export const z = 1; export { b as y, c as Z } from './more.ts'; export * from './more.ts'; export const $ = 2; export default 3; export { z as 'a b' };`,
    'more.ts': 'export const b = 1, c = 2, a = 3; export const é = 4;',
  },
  'a namespace is closed': {
    'entry.ts': `import * as ns from './a.ts';
const attempt = (action) => { try { return String(action()) } catch (error) { return error.name } };
export const result = [
  attempt(() => { ns.a = 2 }), attempt(() => { ns.b = 2 }), attempt(() => delete ns.a), attempt(() => delete ns.nothing),
  attempt(() => Object.defineProperty(ns, 'c', { value: 1 })), ns.a, Object.isExtensible(ns), Object.isSealed(ns),
  Object.prototype.toString.call(ns), 'a' in ns, 'toString' in ns, 'constructor' in ns, ns[Symbol.toStringTag],
  Object.getOwnPropertyDescriptor(ns, 'a').enumerable, Object.getOwnPropertyDescriptor(ns, 'a').configurable, ns === (await import('./a.ts')),
  Object.getOwnPropertyDescriptor(ns, Symbol.toStringTag), { ...ns }, Object.entries(ns), ns instanceof Object,
];`,
    'a.ts': 'export let a = 1; export const set = (value) => { a = value };',
  },
  'a namespace is printed with its values': {
    'entry.ts': `import { inspect } from 'node:util'; import * as ns from './a.ts'; import * as empty from './empty.ts'; import * as common from './c.cjs'; import { early } from './b.ts';
export const result = [inspect(ns), inspect({ ns }), inspect({ a: { b: { ns } } }), inspect(empty), inspect(await import('./a.ts'), { compact: false }), early];`,
    'a.ts': `export const a = 1, text = 'x', nested = { deep: { deeper: { deepest: 1 } } }; export default function named() {}`,
    'b.ts': `import { inspect } from 'node:util'; import * as self from './b.ts'; export const early = inspect(self);`,
    'empty.ts': '',
    'c.cjs': 'exports.a = 1',
  },
  'export * twice: the same binding by two ways is not a conflict': {
    'entry.ts': `import { x, y } from './all.ts'; import * as all from './all.ts'; export const result = [x, y, Object.keys(all)];`,
    'all.ts': `export * from './a.ts'; export * from './b.ts'; export * from './all.ts';`,
    'a.ts': `export { x } from './x.ts'; export { x as y } from './x.ts';`,
    'b.ts': `export * from './x.ts'; import { x } from './x.ts'; export { x as y };`,
    'x.ts': `export const x = 'x';`,
  },
  'export * twice: a conflict that no module imports': {
    'entry.ts': `import * as all from './all.ts'; import { other } from './all.ts'; export const result = [Object.keys(all), all.x === undefined, other];`,
    'all.ts': `export * from './a.ts'; export * from './b.ts';`,
    'a.ts': `export const x = 'a';`,
    'b.ts': `export const x = 'b', other = 1;`,
  },
  'export * twice: a name of the module itself counts first': {
    'entry.ts': `import { x, y } from './all.ts'; export const result = [x, y];`,
    'all.ts': `export * from './a.ts'; export * from './b.ts'; export const x = 'own'; export { y } from './b.ts';`,
    'a.ts': `export const x = 'a', y = 'a';`,
    'b.ts': `export const x = 'b', y = 'b';`,
  },
  'barrel files re-export names of other barrel files, in any order': {
    'entry.ts': `import { x } from './a.ts'; import { x as again, y } from './index.ts'; export const result = [x, again, y];`,
    'index.ts': `export * from './a.ts'; export * from './deep.ts';`,
    'a.ts': `export { x } from './x.ts';`,
    'deep.ts': `export * from './deeper.ts';`,
    'deeper.ts': `export { y } from './x.ts'; export * from './index.ts';`,
    'x.ts': `export const x = 1, y = 2;`,
  },
};

const COMMONJS: Record<string, Files> = {
  'names have the values at the end of the evaluation': {
    'entry.ts': `import c, { n, increase } from './c.cjs'; import * as ns from './c.cjs'; import { createRequire } from 'node:module'; increase(); c.added = 1; c.replace(); export const result = [n, ns.n, c.n, Object.keys(ns).filter((name) => name !== 'module.exports'), ns.default === c, createRequire(import.meta.url)('./c.cjs')];`,
    'c.cjs':
      'exports.n = 0; exports.increase = () => { exports.n++ }; exports.replace = () => { module.exports = 5 };',
  },
  'require() of a value that is not a name': {
    'entry.ts': `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const attempt = (load, given) => { try { return load(given) } catch (error) { return [error.name, error.code] } }; export const result = ['', 5, undefined, null].map((given) => [attempt(require, given), attempt(require.resolve, given)[1]]);`,
  },
  'exports.default, as tsc writes it': {
    'entry.ts': `import def, { named } from './a.cjs'; import * as ns from './a.cjs'; export const result = [def, named, ns.default === def, ns.__esModule, Object.keys(ns).filter((name) => name !== 'module.exports')];`,
    'a.cjs': `"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.named = void 0; exports.named = 1; exports.default = 'the default';`,
  },
  'exports.default without __esModule': {
    'entry.ts': `import def from './a.cjs'; import { default as same } from './a.cjs'; export const result = [def, def === same];`,
    'a.cjs': `exports.default = { a: 1 };`,
  },
  'module.exports of every kind': {
    'entry.ts': `import f, { g } from './f.cjs'; import n from './n.cjs'; import u from './u.cjs'; export const result = [f(), g, n, u === undefined];`,
    'f.cjs': `module.exports = () => 'f'; module.exports.g = 'g';`,
    'n.cjs': 'module.exports = null;',
    'u.cjs': 'module.exports = undefined;',
  },
};

describe('modules run in the same order as in Node', () => compare(ORDER));
describe('exports and namespaces are the same as in Node', () => compare(NAMESPACES));
describe('import.meta and URLs are the same as in Node', () => compare(META));
describe('CommonJS modules are the same as in Node', () => compare(COMMONJS));
