import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSite, load } from '../_site.ts';

const COMMONJS = { 'package.json': '{ "type": "commonjs" }' };

describe('a CommonJS module of the site', () => {
  test('has paths, parent and children as in Node', async () => {
    const site = createSite({
      ...COMMONJS,
      'entry.ts': `require('./a/b'); exports.module = module;`,
      'a/b.ts': 'exports.module = module;',
    });
    const { module } = (await site.loader.importModule('entry')).exports as { module: NodeJS.Module };
    expect(module.paths.slice(0, 2)).toEqual([
      path.join(site.root, 'node_modules'),
      path.join(path.dirname(site.root), 'node_modules'),
    ]);
    expect(module.parent).toBeUndefined();
    expect(module.children.map(({ id }) => id)).toEqual([path.join(site.root, 'a/b.ts')]);
    expect(module.children[0]!.parent).toBe(module);
  });

  test('resolves specifiers in the same way as it requires them', async () => {
    const site = createSite({
      ...COMMONJS,
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }',
      'entry.ts': `exports.result = ['./views', '@/views', './data', 'fs', 'node:fs', 'pack'].map((name) => require.resolve(name));
        exports.paths = require.resolve.paths('pack').length > 0;
        try { require.resolve('./nothing') } catch (error) { exports.code = error.code }`,
      'views/index.ts': '',
      'data.json': '{}',
      'node_modules/pack/index.js': '',
      'node_modules/pack/package.json': '{ "name": "pack" }',
    });
    const { result, paths, code } = (await site.loader.importModule('entry')).exports;
    const at = (file: string) => path.join(site.root, file);
    expect(result).toEqual([
      at('views/index.ts'),
      at('views/index.ts'),
      at('data.json'),
      'fs',
      'node:fs',
      at('node_modules/pack/index.js'),
    ]);
    expect(paths).toBe(true);
    expect(code).toBe('MODULE_NOT_FOUND');
  });

  test('is in require.cache, and runs again after it was deleted from there', async () => {
    const { result } = await load({
      ...COMMONJS,
      'entry.ts': `
        const first = require('./a');
        const file = require.resolve('./a');
        const found = [file in require.cache, require.cache[file].exports === first, Object.keys(require.cache).includes(file)];
        delete require.cache[file];
        exports.result = [...found, file in require.cache, require('./a') === first, require('./a') === require('./a')];`,
      'a.ts': 'exports.a = {};',
    });
    expect(result).toEqual([true, true, true, false, false, true]);
  });

  test('runs again after it threw an error, unlike an ES module, which keeps its error', async () => {
    const { result } = await load({
      'bad.cjs': "throw new Error('run ' + (globalThis.runs = (globalThis.runs ?? 0) + 1));",
      'needs.cjs': "require('./bad.cjs');",
      'esm.mts': "import './needs.cjs';",
      'entry.cts': `const attempt = (name: string) => { try { require(name); return 'loaded' } catch (error: any) { return error.message } };
        exports.result = ['./bad.cjs', './bad.cjs', './needs.cjs', './esm.mts', './esm.mts'].map(attempt);`,
    });
    expect(result).toEqual(['run 1', 'run 2', 'run 3', 'run 4', 'run 4']);
  });

  test('has the configured main module as require.main', async () => {
    const site = createSite({
      ...COMMONJS,
      'entry.ts': 'exports.result = [require.main.filename, require.main === module, require.main.id];',
    });
    const main = path.join(site.root, 'entry.ts');
    site.loader.setMain(main);
    expect((await site.loader.importModule('entry')).exports.result).toEqual([main, false, '.']);
  });
});

test('import.meta.resolve() returns the URL of a path, whether the file exists or not', async () => {
  const site = createSite({
    'entry.ts': `
      const attempt = (specifier: string) => { try { return import.meta.resolve(specifier) } catch (error) { return error.code } };
      export const result = [attempt('./nothing.ts?a#b'), attempt('../x.js'), attempt('no-package'), attempt('fs'), attempt('node:nothing'), attempt('https://a/b'), import.meta.main];`,
  });
  const { result } = (await site.loader.importModule('entry')).exports;
  expect(result).toEqual([
    `file://${site.root}/nothing.ts?a#b`,
    `file://${path.dirname(site.root)}/x.js`,
    'ERR_MODULE_NOT_FOUND',
    'node:fs',
    'node:nothing',
    'https://a/b',
    false,
  ]);
});

test('import() and eval() in generated code work as in Node', async () => {
  const { result } = await load({
    'entry.ts': `const { sep } = await new Function('name', 'return import(name)')('node:path'); export const result = [sep, (await eval("import('node:path')")).sep];`,
  });
  expect(result).toEqual([path.sep, path.sep]);
});
