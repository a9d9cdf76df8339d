import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Command, get, type RunningSite, runserver, SITE } from './_runserver.ts';

async function body(site: Pick<RunningSite, 'url'>): Promise<string> {
  return (await get(site.url)).body;
}

/** Serves a site from a folder of this name. */
async function runserverIn(folder: string, files: Files, args: readonly string[]): Promise<RunningSite> {
  const root = path.join(temporaryFolder(), folder);
  mkdirSync(root);
  writeFiles(root, { ...SITE, ...files });
  const command = new Command('runserver.js', ['0', ...args], { cwd: root });
  onTestFinished(async () => {
    await command.stop('SIGKILL');
  });
  const [, url] = await command.saw(/Development server at (\S+)/);
  return Object.assign(command, { root, url: url! });
}

/** `urls.ts` with one view that answers with the value of an expression. */
function viewOf(imports: string, expression: string): Files {
  return {
    'mysite/urls.ts': `import { path } from 'startproject/urls';
${imports}
export const urlpatterns = [path('', async () => new Response(String(${expression})))];`,
  };
}

const NAMES = ['a#b', 'a?b', '50%', 'a%20b', 'a b', 'ünï✓', "it's (x) [y]"];

describe.each([
  ['with reload', []],
  ['without reload', ['--noreload']],
])('a site in a folder with a name that is not a URL loads, %s:', (_how, args) => {
  test.each(NAMES)('%s', async (folder) => {
    const files = {
      ...viewOf(
        `import { m } from './m.ts';\nimport p from 'p';\nimport c from '../legacy/c.cts';`,
        `[m, p, c.c, (await import('./late%23.ts')).late, (await import(import.meta.resolve('./m.ts'))).m]`,
      ),
      'mysite/m.ts': `export const m: string = 'm';`,
      'mysite/late#.ts': `export const late = 'late';`,
      'legacy/c.cts': `exports.c = require('./d#.cjs') + require('p');`,
      'legacy/d#.cjs': `module.exports = 'd';`,
      'node_modules/p/package.json': '{ "main": "./li#b/50%.js" }',
      'node_modules/p/li#b/50%.js': `module.exports = 'p';`,
    };
    const site = await runserverIn(folder, files, args);
    expect(await body(site)).toBe('m,p,dp,late,m');
    if (args.length > 0) return;
    writeFiles(site.root, { 'mysite/m.ts': `export const m = 'edited';` });
    expect(await body(site)).toBe('edited,p,dp,late,edited');
    writeFiles(site.root, { 'mysite/m.ts': `\nthrow new Error('boom');\nexport const m = 1;` });
    const failure = await body(site);
    expect(failure).toContain('mysite/m.ts:2:7: loading failed: Error: boom');
    expect(failure).toContain("> 2 | throw new Error('boom');");
  });
});

test('the options of every tsconfig.json in a solution are used, and their changes cause a reload', async () => {
  const paths = (folder: string) => `{ "compilerOptions": { "paths": { "@/*": ["./${folder}/*"] } } }`;
  const site = await runserver({
    ...viewOf(`import { text } from '@/text.ts';`, 'text'),
    'tsconfig.json': '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }',
    'tsconfig.app.json': '{ "extends": ["./empty.json", "./paths.json"], "include": ["mysite"] }',
    'empty.json': '{}',
    'paths.json': paths('one'),
    'one/text.ts': `export const text = 'one';`,
    'two/text.ts': `export const text = 'two';`,
    'three/text.ts': `export const text = 'three';`,
  });
  expect(await body(site)).toBe('one');
  writeFiles(site.root, { 'paths.json': paths('two') });
  expect(await body(site)).toBe('two');
  writeFiles(site.root, {
    'tsconfig.json':
      '{ "files": [], "references": [{ "path": "./more" }, { "path": "./tsconfig.app.json" }] }',
  });
  expect(await body(site)).toBe('two');
  writeFiles(site.root, {
    'more/tsconfig.json':
      '{ "include": ["../mysite"], "compilerOptions": { "paths": { "@/*": ["../three/*"] } } }',
  });
  expect(await body(site)).toBe('three');
});

describe('conditions select the file of a package', () => {
  const FILES: Files = {
    ...viewOf(
      `import p from 'p';\nimport c from '../legacy/c.cts';\nimport json from 'data:application/json,["json"]' with { type: 'json' };`,
      '[p, c.c, ...json]',
    ),
    'legacy/c.cts': `exports.c = require('p');`,
    'node_modules/p/package.json': '{ "exports": { "mine": "./mine.js", "default": "./default.js" } }',
    'node_modules/p/mine.js': `module.exports = 'mine';`,
    'node_modules/p/default.js': `module.exports = 'default';`,
  };

  test.each([[[]], [['--noreload']]])('in NODE_OPTIONS %j', async (args) => {
    const site = await runserver(FILES, args, { NODE_OPTIONS: '--conditions=mine' });
    expect(await body(site)).toBe('mine,mine,json');
  });

  test('in customConditions of tsconfig.json, whose changes cause a reload', async () => {
    const tsconfig = (conditions: string) => `{ "compilerOptions": { "customConditions": [${conditions}] } }`;
    const site = await runserver({ ...FILES, 'tsconfig.json': tsconfig('"mine"') });
    expect(await body(site)).toBe('mine,mine,json');
    writeFiles(site.root, { 'tsconfig.json': tsconfig('') });
    expect(await body(site)).toBe('default,default,json');
  });
});
