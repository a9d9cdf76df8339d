import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { runCompiled } from './_compiled.ts';
import { createSite, load } from './_site.ts';

/** What modules of CommonJS and TypeScript export, as `lib.cts`. */
const LIBRARIES = {
  'a default export': 'export default function hello() {}',
  'a default export and a named one': 'export default 1; export const a = 2;',
  'a named export': 'export const a = 2;',
  'export =': 'export = { a: 1 };',
  'export = of an object with a default': 'export = { default: 5, a: 1 };',
  'a default export and a name on module.exports': 'export default 1; module.exports.x = 3;',
  'a default export and a name on exports': 'export default 1; exports.x = 3;',
  'a default export of another file': `export { default } from './other.cjs'; export const b = 1;`,
  'all of another file': `export * from './other.cjs';`,
  'names of another file and one on module.exports': `export { o, o as p } from './other.cjs'; module.exports.x = 3;`,
  'all of another file and a name on exports': `exports.x = 3; export * from './other.cjs';`,
  'the default of another file and a name on exports': `export { default } from './other.cjs'; exports.x = 3;`,
  'the namespace of another file and a name on exports': `export * as all from './other.cjs'; exports.x = 3;`,
  'names of another file, and another module.exports': `export { o } from './other.cjs'; module.exports = { x: 3 };`,
  'a default export that is set later': 'let value = 1; export { value as default }; value = 2;',
};

/** How ES modules and CommonJS take them. Each exports its `result`. */
const IMPORTERS = {
  'a default import': {
    'entry.mts': `import lib from './lib.cjs'; export const result = show(lib);`,
  },
  'a namespace': {
    'entry.mts': `import * as lib from './lib.cjs'; export const result = show(lib);`,
  },
  'import()': {
    'entry.mts': `export const result = show(await import('./lib.cjs'));`,
  },
  'require()': {
    'entry.mts': `import { createRequire } from 'node:module'; const lib = createRequire(import.meta.url)('./lib.cjs'); export const result = show(lib) + lib.__esModule;`,
  },
  'a default that is passed on': {
    'entry.mts': `import lib from './through.mjs'; export const result = show(lib);`,
    'through.mts': `export { default } from './lib.cjs';`,
  },
  'a default import in CommonJS': {
    'entry.mts': `import { result as inner } from './user.cjs'; export const result = inner;`,
    'user.cts': `import lib from './lib.cjs'; export const result = show(lib);`,
  },
  'a default that CommonJS passes on': {
    'entry.mts': `import user from './user.cjs'; export const result = show(user.lib);`,
    'user.cts': `export { default as lib } from './lib.cjs';`,
  },
};

const OTHER = { 'other.cts': `export default 'other'; export const o = 1;` };

/** What is in a value, whatever the order of its keys. */
const SHOW = `
function show(value) {
  if (typeof value !== 'object' || value === null) return String(value?.name ?? value);
  const shown = (key) => (key === 'module.exports' ? '' : key + ': ' + show(value[key]));
  return '{' + Object.keys(value).sort().map(shown).filter(Boolean).join(', ') + '}';
}
`;

interface Case {
  readonly library: string;
  readonly importer: string;
  readonly files: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = Object.entries(LIBRARIES).flatMap(([library, text]) => {
  // Node does not run a module to find its names, and we do.
  const hasHiddenNames = library.startsWith('export =') || library.endsWith('another module.exports');
  // Compiled code gets `undefined` for a default that is not there, and ours an error.
  const hasNoDefault = !/default|export =|module.exports =/.test(text);
  return Object.entries(IMPORTERS)
    .filter(([importer]) => !(hasHiddenNames && /namespace|import\(\)/.test(importer)))
    .filter(([importer]) => !(hasNoDefault && importer.includes('CommonJS')))
    .map(([importer, files]) => ({
      library,
      importer,
      files: withShow({ ...files, ...OTHER, 'lib.cts': text }),
    }));
});

let compiled: readonly unknown[] = [];

beforeAll(async () => {
  compiled = await runCompiled(CASES.map(({ files }) => files));
});

test.each(CASES.map((one, index) => ({ ...one, index })))(
  "$library of a .cts file works in $importer as in tsc's output",
  async ({ files, index }) => {
    const { result } = await load(files);
    expect(result).toBe(compiled[index]);
  },
);

test('a CommonJS import of a package with __esModule gives the same value, with or without preloading', async () => {
  const files = {
    'entry.ts': `import { result as inner } from './user.cts'; import 'old'; export const result = inner;`,
    'user.cts': `import old from 'old'; export const result = old;`,
    'node_modules/old/package.json': '{ "name": "old" }',
    'node_modules/old/index.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'its default';`,
  };
  const { loader } = createSite(files);
  expect((await loader.importModule('entry')).exports.result).toBe('its default');
  const next = createSite(files);
  await next.loader.preload([pathToFileURL(path.join(next.root, 'node_modules/old/index.js')).href]);
  expect((await next.loader.importModule('entry')).exports.result).toBe('its default');
});

function withShow(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, text.includes('show(') ? text + SHOW : text]),
  );
}
