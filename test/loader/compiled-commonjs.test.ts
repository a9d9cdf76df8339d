import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { createSite, load } from './_site.ts';

const { transpileModule } = createRequire(import.meta.url)('typescript-5') as typeof import('typescript-5');

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

describe.each(Object.entries(LIBRARIES))('%s of a .cts file', (name, library) => {
  // Node does not run a module to find its names, and we do.
  const hasHiddenNames = name.startsWith('export =');
  // Compiled code gets `undefined` for a default that is not there, and ours an error.
  const hasNoDefault = name === 'a named export' || name === 'all of another file';
  const importers = Object.entries(IMPORTERS).filter(
    ([importer]) =>
      !(hasHiddenNames && /namespace|import\(\)/.test(importer)) &&
      !(hasNoDefault && importer.includes('CommonJS')),
  );

  test.each(importers)('means to %s what it means when tsc has compiled it', async (_importer, files) => {
    const sources = { ...files, ...OTHER, 'lib.cts': library };
    const withShow = Object.fromEntries(
      Object.entries(sources).map(([file, text]) => [file, text.includes('show(') ? text + SHOW : text]),
    );
    const { result } = await load(withShow);
    expect(result).toBe(await runCompiled(withShow));
  });
});

test('a package that says __esModule means the same to CommonJS whether it was loaded ahead or not', async () => {
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

/** Runs what tsc makes of the files. */
async function runCompiled(files: Readonly<Record<string, string>>): Promise<string> {
  const compiled = Object.entries(files).map(([fileName, text]) => {
    const compilerOptions = { module: 199, target: 9, esModuleInterop: true };
    const { outputText } = transpileModule(text, { fileName, compilerOptions });
    return [fileName.replace(/ts$/, 'js'), outputText];
  });
  const print = `import('./entry.mjs').then(({ result }) => process.stdout.write(result))`;
  const root = temporaryFolder({ ...Object.fromEntries(compiled), 'print.mjs': print }, onTestFinished);
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(root, 'print.mjs')]);
  return stdout;
}
