import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSite, load } from './_site.ts';

/** A CommonJS part of an ES site, as projects have that move over step by step. */
const LEGACY = { 'legacy/package.json': '{ "type": "commonjs" }' };
const PACKAGE = {
  'node_modules/esm/package.json': '{ "name": "esm", "type": "module", "exports": "./index.js" }',
  'node_modules/esm/index.js': `export default function esm() { return 'esm' }\nexport const named = 'named';`,
  'node_modules/common/package.json': '{ "name": "common" }',
  'node_modules/common/index.js': `exports.named = 'common named'; exports.default = 'not the default';`,
  'node_modules/awaits/package.json': '{ "name": "awaits", "type": "module", "exports": "./index.js" }',
  'node_modules/awaits/index.js': 'export const value = await 1;',
};

describe('a CommonJS module requires an ES module', () => {
  test.each([
    ['a builtin', `import { sep } from 'node:path'; export const value = sep;`, path.sep],
    ['a builtin’s default', `import fs from 'fs'; export const value = typeof fs.statSync;`, 'function'],
    ['an ES package', `import esm, { named } from 'esm'; export const value = esm() + named;`, 'esmnamed'],
    [
      'a CommonJS package',
      `import common, { named } from 'common'; export const value = [named, common.default];`,
      ['common named', 'not the default'],
    ],
    [
      'a module that imports a package',
      `import { inner } from './inner.ts'; export const value = inner;`,
      'named',
    ],
    ['JSON', `import data from './data.json' with { type: 'json' }; export const value = data.n;`, 1],
  ])('that imports %s', async (_what, source, value) => {
    const { result } = await load({
      ...LEGACY,
      ...PACKAGE,
      'entry.ts': `import a from './legacy/a.ts'; export const result = a.value;`,
      'legacy/a.ts': `exports.value = require('../b').value;`,
      'b.ts': source,
      'inner.ts': `export { named as inner } from 'esm';`,
      'data.json': '{ "n": 1 }',
    });
    expect(result).toEqual(value);
  });

  test('a required module and the same module by import() are one instance', async () => {
    const { result } = await load({
      ...LEGACY,
      ...PACKAGE,
      'entry.ts': `import a from './legacy/a.ts'; import esm from 'esm'; import * as b from './b.ts'; export const result = [a.esm === esm, a.b.esm === b.esm];`,
      'legacy/a.ts': `exports.b = require('../b'); exports.esm = exports.b.esm;`,
      'b.ts': `import esm from 'esm'; export { esm };`,
    });
    expect(result).toEqual([true, true]);
  });

  test.each([
    [
      'it awaits itself',
      'export const value = await 1;',
      /b\.ts awaits at its top level, and is needed synchronously/,
    ],
    [
      'one of its imports awaits',
      `import './deep.ts';`,
      /deep\.ts awaits at its top level, which .*b\.ts imports, and is needed synchronously/,
    ],
    ['a package of it awaits', `import 'awaits';`, /index\.js awaits at its top level/],
  ])('the error names the file that has a top-level await: %s', async (_what, source, message) => {
    const { result } = await load({
      ...LEGACY,
      ...PACKAGE,
      'entry.ts': `import a from './legacy/a.ts'; export const result = [a.error.message, a.error.code, globalThis.hasRun];`,
      'legacy/a.ts': `globalThis.hasRun = false; try { require('../b') } catch (error) { exports.error = error }`,
      'b.ts': `${source}`,
      'deep.ts': `globalThis.hasRun = true; import './deeper.ts'; export const value = await 1;`,
      'deeper.ts': 'globalThis.hasRun = true;',
    });
    expect(result).toEqual([expect.stringMatching(message), 'ERR_REQUIRE_ASYNC_MODULE', false]);
  });

  test('__esModule and the export "module.exports" have the same effect as in Node', async () => {
    const { result } = await load({
      ...LEGACY,
      'entry.ts': `import a from './legacy/a.ts'; export const result = a;`,
      'legacy/a.ts': `
        const [def, plain, own, whole] = ['def', 'plain', 'own', 'whole'].map((name) => require('../' + name));
        module.exports = [def.__esModule, def.default, Object.keys(def), def === require('../def'), '__esModule' in plain, own.__esModule, whole]`,
      'def.ts': `export default 'default'; export const a = 1;`,
      'plain.ts': 'export const a = 1;',
      'own.ts': `export const __esModule = 'own'; export default 1;`,
      'whole.ts': `const whole = 'whole'; export { whole as 'module.exports' }; export default 1;`,
    });
    expect(result).toEqual([true, 'default', ['__esModule', 'a', 'default'], true, false, 'own', 'whole']);
  });
});

test('lazy settings are loaded synchronously, with their imports of builtins and packages', () => {
  const { loader } = createSite({
    ...PACKAGE,
    'entry.ts': `import os from 'node:os'; import esm from 'esm'; export const A = [typeof os.cpus, esm()];`,
  });
  expect(loader.importModuleSync('entry').exports.A).toEqual(['function', 'esm']);
});
