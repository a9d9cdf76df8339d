import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';
import { createSite, failure, load } from '../_site.ts';

const typescript: typeof import('typescript-5') = createRequire(import.meta.url)('typescript-5');

/** Projects that are CommonJS to TypeScript. What `entry.ts` exports is the same as with tsc and Node. */
const PROJECTS: Record<string, Files> = {
  'import and export =': {
    'entry.ts': `import { a } from './a';\nimport path from 'node:path';\nexport = { a, sep: path.sep };`,
    'a.ts': 'export const a: number = 1;',
  },
  'import and module.exports': {
    'entry.ts': `import { a } from './a';\nmodule.exports = { a, later: true };\nmodule.exports.more = 1;`,
    'a.ts': 'export const a: number = 1;',
  },
  'import = require() and export =': {
    'entry.ts': `import a = require('./a');\nimport fs = require('node:fs');\nexport = { a, f: typeof fs.statSync };`,
    'a.ts': `import { b } from './b';\nexport = () => b;`,
    'b.ts': 'export const b = 1;',
  },
  'import = require() and export': {
    'entry.ts': `import a = require('./a');\nexport import b = require('./b');\nexport const result = a() + b.b;`,
    'a.ts': `import { b } from './b';\nexport = () => b;`,
    'b.ts': 'export const b = 1;',
  },
  'a function that is the module, imported in every way': {
    'entry.ts': `import f from './f';\nimport { extra } from './f';\nimport g = require('./f');\nexport const result = [f(), extra, g(), f === g];`,
    'f.ts': `import { b } from './b';\nfunction f() { return b }\nf.extra = 'extra';\nexport = f;`,
    'b.ts': 'export const b = 1;',
  },
  'exports beside export': {
    'entry.ts': `import * as all from './a';\nimport { one, two } from './a';\nexport const result = [one, two, Object.keys(require('./a')).sort(), all.one];`,
    'a.ts': `import { b } from './b';\nexport const one = b;\nexports.two = 2;\ndeclare const exports: any;`,
    'b.ts': 'export const b = 1;',
  },
  'a default beside exports': {
    'entry.ts': `import def, { two } from './a';\nexport const result = [def, two, require('./a').default];`,
    'a.ts': `import { b } from './b';\nexport default 'the default' + b;\nexports.two = 2;\ndeclare const exports: any;`,
    'b.ts': 'export const b = 1;',
  },
  'compiled modules mark their default export': {
    'entry.ts': `import def, { named } from './compiled.js';\nimport plain from './plain.js';\nimport * as all from './compiled.js';\nimport pack from 'pack';\nexport const result = [def, named, plain, all.default, pack];`,
    'compiled.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'default'; exports.named = 'named';`,
    'plain.js': `exports.default = 'default';`,
    'node_modules/pack/index.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'pack';`,
    'node_modules/pack/package.json': '{ "name": "pack" }',
  },
  'a barrel of CommonJS': {
    'entry.ts': `import * as barrel from './barrel';\nimport { a, x } from './barrel';\nexport const result = [a, x, Object.keys(barrel).filter((name) => name !== 'default').sort(), Object.keys(require('./barrel')).sort()];`,
    'barrel.ts': `export * from './plain.js';\nexport * from './inner';`,
    'inner.ts': `export * from './compiled.js';`,
    'plain.js': `exports.a = 1; exports.default = 2;`,
    'compiled.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'default'; exports.x = 3;`,
  },
  'a cycle': {
    'entry.ts': `import { b } from './b';\nexport function early() { return 'early' }\nmodule.exports.late = b;`,
    'b.ts': `import { early } from './entry';\nexport const b = early();`,
  },
};

describe('a file that TypeScript compiles to CommonJS has the same exports as with tsc', () => {
  let compiled: Record<string, unknown>;
  beforeAll(async () => {
    const ends: (() => void)[] = [];
    const folders = Object.entries(PROJECTS).map(([name, files]) => {
      const all = { 'package.json': '{ "type": "commonjs" }', ...byTsc(files) };
      return [
        name,
        path.join(
          temporaryFolder(all, (end) => ends.push(end)),
          'entry.js',
        ),
      ];
    });
    const script = `console.log(JSON.stringify(Object.fromEntries(${JSON.stringify(folders)}.map(([name, file]) => [name, require(file)]))))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', script]);
    compiled = JSON.parse(stdout);
    return () => {
      for (const end of ends) end();
    };
  });

  test.each(Object.entries(PROJECTS))('%s', async (name, files) => {
    const { result } = await load({
      ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`legacy/${file}`, text])),
      'legacy/package.json': '{ "type": "commonjs" }',
      'entry.ts': `import { createRequire } from 'node:module'; export const result = createRequire(import.meta.url)('./legacy/entry.ts');`,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(compiled[name]);
  });

  test('an ES module can import such files', async () => {
    const { result } = await load({
      'legacy/package.json': '{ "type": "commonjs" }',
      'legacy/a.ts': `import { b } from './b';\nexport = { b, c: 2 };`,
      'legacy/b.ts': 'export const b = 1;',
      'entry.ts': `import a, { c } from './legacy/a.ts'; export const result = [a, c];`,
    });
    expect(result).toEqual([{ b: 1, c: 2 }, 2]);
  });
});

describe('CommonJS syntax in an ES module', () => {
  test('import = require() works as in tsc', async () => {
    const { result } = await load({
      'entry.ts': `import fs = require('node:fs');\nimport type T = require('./types');\nimport c = require('./c.cjs');\nimport esm = require('./esm.ts');\nexport const result = [typeof fs.statSync, c.c, esm.e];`,
      'c.cjs': 'exports.c = 1;',
      'esm.ts': 'export const e = 2;',
    });
    expect(result).toEqual(['function', 1, 2]);
  });

  test('export = throws an error with its place', async () => {
    const error = await failure({
      'entry.ts': `import a from './a.ts';\n\nexport = a;`,
      'a.ts': 'export default 1',
    });
    expect(error.message).toBe("entry.ts:3:1: syntax error: 'export =' cannot be in an ES module");
    expect(error.hint).toContain('.cts');
    expect(error.codeFrame).toContain('> 3 | export = a;');
  });

  test('export = makes a file CommonJS when its extension and package.json do not decide', async () => {
    const site = createSite({
      'package.json': '{}',
      'entry.ts': `import { a } from './a.ts';\nexport = { result: a };`,
      'a.ts': 'export const a = 1',
    });
    expect((await site.loader.importModule('entry')).exports.result).toBe(1);
  });

  test('the same words in a comment or a text are not syntax', async () => {
    const { result } = await load({
      'entry.ts': '/*\nexport = a;\n*/\nexport const result = `\nexport = b;\n`;',
    });
    expect(result).toBe('\nexport = b;\n');
  });
});

function byTsc(files: Files): Files {
  const { ScriptTarget, ModuleKind } = typescript;
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.CommonJS, esModuleInterop: true };
  const compile = (text: string) => typescript.transpileModule(text, { compilerOptions }).outputText;
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) =>
      name.endsWith('.ts') ? [name.replace(/\.ts$/, '.js'), compile(text)] : [name, text],
    ),
  );
}
