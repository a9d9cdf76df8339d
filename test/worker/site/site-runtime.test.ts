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

describe('install()', () => {
  test('makes dotted paths lead to the site’s modules', async () => {
    const { install, root } = createRuntime({ 'mysite/a.ts': 'export const a: number = 1' });
    const loader = install();
    expect(installedLoader()).toBe(loader);
    expect(loader.root).toBe(root);
    expect((await loader.importModule('mysite.a')).exports.a).toBe(1);
  });

  test('makes stack traces have the lines of the source', async () => {
    const { install, path } = createRuntime({
      'a.ts': 'interface Gone {\n  a: 1\n}\nexport const { stack } = new Error("no")',
    });
    expect((await install().importModule('a')).exports.stack).toContain(`${path('a.ts')}:4:26`);
  });
});

describe('onFiles gets', () => {
  test('all files of an import before the first of them runs', async () => {
    const { install, names } = createRuntime({
      'a.ts': `import './b.ts'\n${SAY('a')}`,
      'b.ts': `${SAY('b')}`,
    });
    await install().importModule('a');
    // The files of a first start come in several batches.
    expect(log.filter((what, index) => what !== log[index - 1])).toEqual(['told', 'b', 'a']);
    expect(names()).toEqual(expect.arrayContaining(['a.ts', 'b.ts', 'package.json']));
  });

  test('the state of each file', async () => {
    const { install, told, path } = createRuntime({ 'a.ts': 'export const a = 1' });
    await install().importModule('a');
    expect(told).toContainEqual(['a.ts', stateOf(path('a.ts'))]);
    expect(told).toContainEqual(['tsconfig.json', null]);
  });

  test('each file once', async () => {
    const { install, names } = createRuntime({ 'a.ts': '', 'b.ts': `import './a.ts'` });
    const loader = install();
    await loader.importModule('a');
    await loader.importModule('b');
    expect(names().filter((name) => name === 'a.ts')).toHaveLength(1);
  });

  test('the files of a later import() before they run', async () => {
    const { install, names } = createRuntime({
      'a.ts': `${SAY('a')}\nexport const late = () => import('./late.ts')`,
      'late.ts': SAY('late'),
    });
    const { exports } = await install().importModule('a');
    await (exports.late as () => Promise<void>)();
    expect(log).toEqual(['told', 'a', 'told', 'late']);
    expect(names()).toContain('late.ts');
  });

  test('a module that cannot be parsed', async () => {
    const { install, names } = createRuntime({ 'a.ts': `import './b.ts'`, 'b.ts': 'const = 1' });
    await expect(install().importModule('a')).rejects.toThrow(/syntax error/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(names()).toEqual(expect.arrayContaining(['a.ts', 'b.ts']));
  });

  test('missing files, since their creation matters', async () => {
    const { install, told } = createRuntime({});
    await expect(install().importModule('mysite.wsgi')).rejects.toThrow(/There is no module/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toContainEqual(['mysite/wsgi.ts', null]);
    expect(told).toContainEqual(['mysite/wsgi/index.ts', null]);
  });

  test('a time before which no file was read', async () => {
    const before = Date.now();
    const { install, batches } = createRuntime({ 'a.ts': '' });
    await install().importModule('a');
    expect(batches[0]!.since).toBeGreaterThanOrEqual(before);
    expect(batches[0]!.since).toBeLessThanOrEqual(Date.now());
  });
});

describe('warm()', () => {
  test('loads packages, and ignores one that fails', async () => {
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

  test('prepares modules without running them', async () => {
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

  test('reports the prepared files as read ahead', async () => {
    const { runtime, path, batches, names } = createRuntime({ 'a.ts': `import './b.ts'`, 'b.ts': '' });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    expect(names()).toEqual(expect.arrayContaining(['a.ts', 'b.ts']));
    expect(batches.map(({ isAhead }) => isAhead)).toEqual([true]);
  });

  test('reports touched files again, also unchanged ones', async () => {
    const { runtime, path, install, batches } = createRuntime({ 'a.ts': `import './b.ts'`, 'b.ts': '' });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    await install('b.ts').importModule('a');
    const [, again] = batches;
    expect(again).toMatchObject({ isAhead: false, files: [[path('b.ts'), stateOf(path('b.ts'))]] });
  });

  test('does not use a prepared file that was touched and has changed', async () => {
    const { runtime, path, install, told } = createRuntime({
      'a.ts': `export { b } from './b.ts'`,
      'b.ts': 'export const b = 1',
    });
    await runtime.warm({ packages: [], entries: [path('a.ts')] });
    writeFileSync(path('b.ts'), 'export const b = 2');
    expect((await install('b.ts').importModule('a')).exports.b).toBe(2);
    expect(told.filter(([name]) => name === 'b.ts').at(-1)).toEqual(['b.ts', stateOf(path('b.ts'))]);
  });

  test('reports only the new state of a changed file, and reports touched files again', async () => {
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

  test('ignores a module that cannot be prepared', async () => {
    const { runtime, path, install } = createRuntime({ 'a.ts': 'const = 1', 'b.ts': 'export const b = 1' });
    await runtime.warm({ packages: [], entries: [path('a.ts'), path('gone.ts'), path('b.ts')] });
    expect((await install().importModule('b')).exports.b).toBe(1);
  });
});

test('transformed modules are stored beside the packages of the site', async () => {
  const { runtime, install, path } = createRuntime({ 'a.ts': 'export const a: number = 1' });
  await install().importModule('a');
  expect(existsSync(path('node_modules/.cache/startproject'))).toBe(false);
  runtime.saveCache();
  expect(readdirSync(path('node_modules/.cache/startproject'))).toHaveLength(1);
});
