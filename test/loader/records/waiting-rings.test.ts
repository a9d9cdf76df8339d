import { expect, test } from 'vitest';
import type { Files } from '../../_temp-folder.ts';
import { createSite } from '../_site.ts';

async function failureOf(files: Files) {
  const site = createSite(files, { isIdle: () => true });
  return site.loader.importModule('entry').then(
    () => expect.unreachable('it loaded'),
    (error) => error,
  );
}

test.each([
  [
    'two modules',
    { 'entry.ts': `import './a.ts';`, 'a.ts': `\nawait import('./b.ts');`, 'b.ts': `import './a.ts';` },
    'a.ts → b.ts → a.ts',
  ],
  [
    'three, two of them by import()',
    {
      'entry.ts': `import './a.ts';`,
      'a.ts': `const b =\n  await import('./b.ts');`,
      'b.ts': `await import('./c.ts');`,
      'c.ts': `import './d.ts';`,
      'd.ts': `import './a.ts';`,
    },
    'b.ts → c.ts → d.ts → a.ts → b.ts',
  ],
  ['itself', { 'entry.ts': `import './a.ts';`, 'a.ts': `await import('./a.ts');` }, 'a.ts waits for itself'],
  [
    'the first of its own cycle',
    {
      'entry.ts': `import './a.ts';`,
      'a.ts': `import './b.ts';`,
      'b.ts': `import './a.ts'; await import('./a.ts');`,
    },
    'b.ts → a.ts → b.ts',
  ],
])('modules that wait for each other are named: %s', async (_what, files, names) => {
  const error = await failureOf(files);
  expect(error.message).toContain('at the top level');
  expect(error.message).toContain(names);
  expect(error.codeFrame).toContain("import('./");
  expect(error.hint).toContain('in a function');
});

test('it is the same after they were prepared', async () => {
  const files = {
    'entry.ts': `import './a.ts';`,
    'a.ts': `await import('./b.ts');`,
    'b.ts': `import './a.ts';`,
  };
  const site = createSite(files, { isIdle: () => true });
  site.loader.prepare([`${site.root}/entry.ts`, `${site.root}/b.ts`]);
  await expect(site.loader.importModule('entry')).rejects.toThrow('a.ts → b.ts → a.ts');
});

test('an import() that nobody awaits is no ring', async () => {
  const site = createSite({
    'entry.ts': `import { later } from './a.ts'; export const result = await later();`,
    'a.ts': `const b = import('./b.ts'); export const later = async () => (await b).b; await new Promise((done) => setTimeout(done, 150));`,
    'b.ts': `import { later } from './a.ts'; export const b = typeof later;`,
  });
  const { result } = (await site.loader.importModule('entry')).exports;
  expect(result).toBe('function');
});
