import { describe, expect, onTestFinished, test, vi } from 'vitest';
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
    'a.ts -> b.ts -> a.ts',
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
    'b.ts -> c.ts -> d.ts -> a.ts -> b.ts',
  ],
  ['itself', { 'entry.ts': `import './a.ts';`, 'a.ts': `await import('./a.ts');` }, 'a.ts waits for itself'],
  [
    'the first of its own cycle',
    {
      'entry.ts': `import './a.ts';`,
      'a.ts': `import './b.ts';`,
      'b.ts': `import './a.ts'; await import('./a.ts');`,
    },
    'b.ts -> a.ts -> b.ts',
  ],
])('the error names modules that wait for each other: %s', async (_what, files, names) => {
  const error = await failureOf(files);
  expect(error.message).toContain('at the top level');
  expect(error.message).toContain(names);
  expect(error.codeFrame).toContain("import('./");
  expect(error.hint).toContain('in a function');
});

describe('a module that awaits getWsgiApplication(), whose imports lead back to the module, throws an error', () => {
  const ENTRY = 'export const application = await globalThis.loadUrls();';

  async function failureOfUrls(files: Files) {
    const site = createSite({ 'entry.ts': ENTRY, ...files }, { isIdle: () => true });
    vi.stubGlobal('loadUrls', () => site.loader.importModule('urls'));
    onTestFinished(() => void vi.unstubAllGlobals());
    return site.loader.importModule('entry').then(
      () => expect.unreachable('it loaded'),
      (error) => error,
    );
  }

  test('for an import statement', async () => {
    const error = await failureOfUrls({
      'urls.ts': `import './view.ts';`,
      'view.ts': `import { application } from './entry.ts'; application;`,
    });
    expect(error.message).toContain('view.ts:1:30: ');
    expect(error.message).toContain('entry.ts -> urls.ts -> view.ts -> entry.ts');
    expect(error.hint).toContain('view.ts can import it in a function only');
  });

  test('for import()', async () => {
    const error = await failureOfUrls({ 'urls.ts': `await import('./entry.ts');` });
    expect(error.message).toContain('urls.ts -> entry.ts -> urls.ts');
  });
});

test('for modules that were prepared before', async () => {
  const files = {
    'entry.ts': `import './a.ts';`,
    'a.ts': `await import('./b.ts');`,
    'b.ts': `import './a.ts';`,
  };
  const site = createSite(files, { isIdle: () => true });
  site.loader.prepare([`${site.root}/entry.ts`, `${site.root}/b.ts`]);
  await expect(site.loader.importModule('entry')).rejects.toThrow('a.ts -> b.ts -> a.ts');
});

test('an import() without await is not an error', async () => {
  const site = createSite({
    'entry.ts': `import { later } from './a.ts'; export const result = await later();`,
    'a.ts': `const b = import('./b.ts'); export const later = async () => (await b).b; await new Promise((done) => setTimeout(done, 150));`,
    'b.ts': `import { later } from './a.ts'; export const b = typeof later;`,
  });
  const { result } = (await site.loader.importModule('entry')).exports;
  expect(result).toBe('function');
});
