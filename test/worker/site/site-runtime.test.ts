import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  installedLoader,
  installLoader,
  type ModuleLoader,
} from '../../../src/loader/imports/installed-loader.ts';
import { type SourceState, stateOf } from '../../../src/loader/sources/source-files.ts';
import type { ReadFiles } from '../../../src/worker/site/read-files.ts';
import { SiteRuntime } from '../../../src/worker/site/site-runtime.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

// A runtime is for the whole of its process.
beforeEach(() => {
  const before = { loader: installedLoader(), prepareStackTrace: Error.prepareStackTrace };
  onTestFinished(() => {
    installLoader(before.loader as ModuleLoader);
    Error.prepareStackTrace = before.prepareStackTrace;
  });
});

/** Where the modules of a site say that they run. */
const log: string[] = [];
Object.assign(globalThis, { startprojectTestLog: log });
const SAY = (text: string) => `(globalThis as any).startprojectTestLog.push('${text}');`;

function createRuntime(files: Files) {
  log.length = 0;
  const root = temporaryFolder({ 'package.json': '{"type":"module"}', 'node_modules/.keep': '', ...files });
  const told: [name: string, state: SourceState][] = [];
  const batches: ReadFiles[] = [];
  const runtime = new SiteRuntime(root, (batch) => {
    batches.push(batch);
    for (const [file, state] of batch.files)
      if (file.startsWith(root)) told.push([path.relative(root, file), state]);
    log.push('told');
  });
  return {
    root,
    runtime,
    told,
    batches,
    names: () => told.map(([name]) => name),
    path: (name: string) => path.join(root, name),
    install: (...touched: string[]) => runtime.install(touched.map((name) => path.join(root, name))),
  };
}

describe('installing', () => {
  test('makes dotted paths lead to the site’s modules', async () => {
    const { install, root } = createRuntime({ 'mysite/a.ts': 'export const a: number = 1' });
    const loader = install();
    expect(installedLoader()).toBe(loader);
    expect(loader.root).toBe(root);
    expect((await loader.importModule('mysite.a')).exports.a).toBe(1);
  });

  test('makes stacks name the lines of the source', async () => {
    const { install, path } = createRuntime({
      'a.ts': 'interface Gone {\n  a: 1\n}\nexport const { stack } = new Error("no")',
    });
    expect((await install().importModule('a')).exports.stack).toContain(`${path('a.ts')}:4:26`);
  });
});

describe('files are told', () => {
  test('before the first of them runs, all that an import needs', async () => {
    const { install, names } = createRuntime({
      'a.ts': `import './b.ts'\n${SAY('a')}`,
      'b.ts': `${SAY('b')}`,
    });
    await install().importModule('a');
    // The files of a first start come in several batches.
    expect(log.filter((what, index) => what !== log[index - 1])).toEqual(['told', 'b', 'a']);
    expect(names()).toEqual(expect.arrayContaining(['a.ts', 'b.ts', 'package.json']));
  });

  test('with what they were', async () => {
    const { install, told, path } = createRuntime({ 'a.ts': 'export const a = 1' });
    await install().importModule('a');
    expect(told).toContainEqual(['a.ts', stateOf(path('a.ts'))]);
    expect(told).toContainEqual(['tsconfig.json', null]);
  });

  test('once each', async () => {
    const { install, names } = createRuntime({ 'a.ts': '', 'b.ts': `import './a.ts'` });
    const loader = install();
    await loader.importModule('a');
    await loader.importModule('b');
    expect(names().filter((name) => name === 'a.ts')).toHaveLength(1);
  });

  test('that an import() loads later, before they run', async () => {
    const { install, names } = createRuntime({
      'a.ts': `${SAY('a')}\nexport const late = () => import('./late.ts')`,
      'late.ts': SAY('late'),
    });
    const { exports } = await install().importModule('a');
    await (exports.late as () => Promise<void>)();
    expect(log).toEqual(['told', 'a', 'told', 'late']);
    expect(names()).toContain('late.ts');
  });

  test('of a module that cannot be parsed', async () => {
    const { install, names } = createRuntime({ 'a.ts': `import './b.ts'`, 'b.ts': 'const = 1' });
    await expect(install().importModule('a')).rejects.toThrow(/syntax error/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(names()).toEqual(expect.arrayContaining(['a.ts', 'b.ts']));
  });

  test('that are missing, since their appearance matters', async () => {
    const { install, told } = createRuntime({});
    await expect(install().importModule('mysite.wsgi')).rejects.toThrow(/There is no module/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toContainEqual(['mysite/wsgi.ts', null]);
    expect(told).toContainEqual(['mysite/wsgi/index.ts', null]);
  });

  test('as not read before a time that is told as well', async () => {
    const before = Date.now();
    const { install, batches } = createRuntime({ 'a.ts': '' });
    await install().importModule('a');
    expect(batches[0]!.since).toBeGreaterThanOrEqual(before);
    expect(batches[0]!.since).toBeLessThanOrEqual(Date.now());
  });
});

describe('warming', () => {
  test('loads packages, and does not mind one that fails', async () => {
    const { runtime, path } = createRuntime({
      'node_modules/good/index.mjs': 'globalThis.startprojectTestLog.push("good")',
      'node_modules/bad/index.mjs': 'throw new Error("bad")',
    });
    const packages = ['gone', 'bad', 'good'].map(
      (name) => pathToFileURL(path(`node_modules/${name}/index.mjs`)).href,
    );
    await runtime.warm({ packages, entries: [] });
    expect(log.filter((entry) => entry !== 'told')).toEqual(['good']);
  });

  test('prepares modules, and runs none', async () => {
    const { runtime, path, install } = createRuntime({
      'a.ts': `import './b.ts'\n${SAY('a')}`,
      'b.ts': SAY('b'),
    });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    expect(log).toEqual(['told']);
    await install().importModule('a');
    // The files of a first start come in several batches.
    expect(log.filter((what, index) => what !== log[index - 1])).toEqual(['told', 'b', 'a']);
  });

  test('tells the files that it prepared, as read ahead', async () => {
    const { runtime, path, batches, names } = createRuntime({ 'a.ts': `import './b.ts'`, 'b.ts': '' });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    expect(names()).toEqual(expect.arrayContaining(['a.ts', 'b.ts']));
    expect(batches.map(({ isAhead }) => isAhead)).toEqual([true]);
  });

  test('tells again what is known to be touched, also when it has not changed', async () => {
    const { runtime, path, install, batches } = createRuntime({ 'a.ts': `import './b.ts'`, 'b.ts': '' });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    await install('b.ts').importModule('a');
    const [, again] = batches;
    expect(again).toMatchObject({ isAhead: false, files: [[path('b.ts'), stateOf(path('b.ts'))]] });
  });

  test('does not keep what has changed since and is known to be touched', async () => {
    const { runtime, path, install, told } = createRuntime({
      'a.ts': `export { b } from './b.ts'`,
      'b.ts': 'export const b = 1',
    });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    writeFileSync(path('b.ts'), 'export const b = 2');
    expect((await install('b.ts').importModule('a')).exports.b).toBe(2);
    expect(told.filter(([name]) => name === 'b.ts').at(-1)).toEqual(['b.ts', stateOf(path('b.ts'))]);
  });

  test('tells of what has changed since the state now alone, and of the rest of what is touched the same as before', async () => {
    const { runtime, path, install, batches } = createRuntime({
      'a.ts': `export { b } from './b.ts'; import './c.ts'`,
      'b.ts': 'export const b = 1',
      'c.ts': '',
    });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    writeFileSync(path('b.ts'), 'export const b = 2');
    await install('b.ts', 'c.ts').importModule('a');
    const told = batches.filter(({ isAhead }) => !isAhead).flatMap(({ files }) => files);
    expect(new Set(told.map(([file]) => file))).toEqual(new Set([path('b.ts'), path('c.ts')]));
    for (const [file, state] of told) expect(state).toBe(stateOf(file));
  });

  test('does not mind a module that cannot be prepared', async () => {
    const { runtime, path, install } = createRuntime({ 'a.ts': 'const = 1', 'b.ts': 'export const b = 1' });
    await runtime.warm({ packages: [], entries: [path('a.ts'), path('gone.ts'), path('b.ts')] });
    expect((await install().importModule('b')).exports.b).toBe(1);
  });
});

test('what was transformed is kept beside the packages of the site', async () => {
  const { runtime, install, path } = createRuntime({ 'a.ts': 'export const a: number = 1' });
  await install().importModule('a');
  expect(existsSync(path('node_modules/.cache/startproject'))).toBe(false);
  runtime.saveCache();
  expect(readdirSync(path('node_modules/.cache/startproject'))).toHaveLength(1);
});
