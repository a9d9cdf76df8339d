import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, load } from '../_site.ts';

describe('a name that modules only re-export from each other', () => {
  const RING = { 'a.ts': `export { x } from './b.ts';`, 'b.ts': `export { y as x } from './c.ts';` };

  test.each([
    ['an import', `import { x } from './a.ts'; x;`],
    ['no import but their own', `import './a.ts';`],
  ])('%s of it throws an error with the files', async (_what, source) => {
    const error = await failure({ ...RING, 'entry.ts': source, 'c.ts': `export { x as y } from './a.ts';` });
    expect(error.message).toMatch(
      /^\w+\.ts:1:10: '\.\/\w\.ts' exports '\w' from a module that re-exports it from there/,
    );
    expect(error.hint).toMatch(/^Declare '\w' in one of them: (\w\.ts( and |\.$)){3}/);
  });

  test('is an error of a module that re-exports from itself', async () => {
    const error = await failure({ 'entry.ts': `export { x } from './entry.ts';` });
    expect(error.hint).toBe("Declare 'x' in entry.ts.");
  });

  test('does not affect another name of the same modules', async () => {
    const { result } = await load({
      ...RING,
      'entry.ts': `export { x as result } from './a.ts';`,
      'c.ts': `export { z as y } from './a.ts'; export const z = 1;`,
      'a.ts': `export { x } from './b.ts'; export { z } from './c.ts';`,
    });
    expect(result).toBe(1);
  });
});

describe('export * from two modules with the same name', () => {
  const FILES = {
    'all.ts': `export * from './a.ts';\nexport * from './b.ts';`,
    'a.ts': `export const x = 'a';`,
    'b.ts': `export const x = 'b';`,
  };

  test.each([
    ['an import', `import { x } from './all.ts';\nexport const result = x;`],
    ['an import by another barrel', `import { x } from './more.ts';\nexport const result = x;`],
    ['an export', `export { x as result } from './all.ts';`],
  ])('%s of it throws an error with both files', async (_what, source) => {
    const error = await failure({ ...FILES, 'entry.ts': source, 'more.ts': `export * from './all.ts';` });
    expect(error.message).toMatch(/'\.\/(all|more)\.ts' exports 'x' twice, from a\.ts and from b\.ts\./);
    expect(error.hint).toContain('export { x } from');
    expect(error.codeFrame).toContain('> 1 |');
  });

  test('a name that no package behind an export * has is reported at the import', async () => {
    const error = await failure({
      'entry.ts': `import { nothing } from './all.ts'; export const result = nothing;`,
      'all.ts': `export * from './more.ts';`,
      'more.ts': `export * from 'node:path';`,
    });
    expect(error.message).toContain("'./all.ts' has no export named 'nothing'");
  });

  test('also throws for packages, unless both have the same value', async () => {
    const files = {
      'node_modules/one/package.json': '{ "name": "one", "type": "module", "exports": "./index.js" }',
      'node_modules/one/index.js': `export { sep } from 'node:path'; export const x = 1;`,
      'all.ts': `export * from 'one'; export * from 'node:path'; export * from './x.ts';`,
      'x.ts': 'export const x = 2;',
    };
    const same = await load({
      ...files,
      'entry.ts': `import { sep } from './all.ts'; export const result = sep;`,
    });
    expect(same.result).toBe(path.sep);
    const other = await failure({
      ...files,
      'entry.ts': `import { x } from './all.ts'; export const result = x;`,
    });
    expect(other.message).toContain("exports 'x' twice");
  });
});
