import module from 'node:module';
import { describe, expect, test } from 'vitest';
import { writeFiles } from '../_temp-folder.ts';
import { get, type RunningSite, runserver } from './_runserver.ts';

/** Whether packages of the worker itself can import TypeScript by its path. */
const HAS_SYNC_HOOKS = 'registerHooks' in module;

const ENTITY = `export enum Kind { A = 1, B }
export class Entity { constructor(readonly name: string) {} }
export default 'default';
`;

/** It says what it has by a thread's port, or by a child's channel. */
function job(text: string): string {
  return `import { parentPort } from 'node:worker_threads';
import { Kind } from './entity.ts';

const text: string = '${text} ' + Kind[2] + ' ' + new Error('here').stack!.split('\\n')[1]!.replace(/^.*job/, 'job');
if (parentPort) parentPort.postMessage(text);
else process.send!(text);
`;
}

const URLS = `import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { find } from 'finder';
import { run } from 'pool';
import { path } from 'startproject/urls';
import { Entity } from './entity.ts';

const finder = createRequire(import.meta.url)('finder/commonjs');
const entity = import.meta.dirname + '/entity.ts';

async function answer(worker: NodeJS.EventEmitter) {
  const [text] = await once(worker, 'message');
  return new Response(text);
}

export const urlpatterns = [
  path('thread', () => answer(new Worker(new URL('./job.ts', import.meta.url)))),
  path('thread-by-path', () => answer(new Worker('./mysite/job.ts'))),
  path('thread-by-js', () => answer(new Worker(new URL('./job.js', import.meta.url)))),
  path('child-by-js', () => answer(fork('mysite/job.js'))),
  path('child-without-ending', () => answer(fork('./mysite/job'))),
  path('child', () => answer(fork('mysite/job.ts'))),
  path('pool', async () => new Response(await run(import.meta.dirname + '/task.ts'))),
  path('import', async () => {
    const found = await find(entity);
    return Response.json([found.Entity === Entity, found.Kind.B, found.default]);
  }),
  path('require', () => {
    const found = finder.find(entity);
    return Response.json([found.Entity === Entity, found.Kind.B, found.default]);
  }),
];
`;

const FILES = {
  'mysite/entity.ts': ENTITY,
  'mysite/job.ts': job('first'),
  'mysite/task.ts': `import { settings } from 'startproject/conf';
import { Kind } from './entity.ts';
export default () => 'task ' + Kind[1] + ' ' + settings.DEBUG;
`,
  'mysite/urls.ts': URLS,
  'node_modules/finder/package.json':
    '{ "type": "module", "exports": { ".": "./index.js", "./commonjs": "./index.cjs" } }',
  'node_modules/finder/index.js': `import { pathToFileURL } from 'node:url';
export const find = (file) => import(pathToFileURL(file).href);
`,
  'node_modules/finder/index.cjs': 'exports.find = (file) => require(file);',
  'node_modules/pool/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/pool/index.js': `import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
export async function run(workerData) {
  const [result] = await once(new Worker(new URL('./thread.js', import.meta.url), { workerData }), 'message');
  return result;
}
`,
  'node_modules/pool/thread.js': `import { parentPort, workerData } from 'node:worker_threads';
const { default: task } = await import(workerData);
parentPort.postMessage(task());
`,
};

async function body(site: RunningSite, path: string): Promise<string> {
  return (await get(site.url + path)).body;
}

describe("the site's TypeScript in threads and child processes", () => {
  // Node 20 has no hooks for the names of scripts.
  const byJs = HAS_SYNC_HOOKS ? ['thread-by-js', 'child-by-js'] : [];
  test.each(['thread', 'thread-by-path', 'child', 'child-without-ending', ...byJs])(
    '%s: enums run, stacks have the lines of the source, and changes cause a reload',
    async (path) => {
      const site = await runserver(FILES);
      expect(await body(site, path)).toBe('first B job.ts:4:49');
      writeFiles(site.root, { 'mysite/job.ts': job('second') });
      expect(await body(site, path)).toBe('second B job.ts:4:50');
      writeFiles(site.root, { 'mysite/entity.ts': ENTITY.replace('B }', 'C }') });
      expect(await body(site, path)).toBe('second C job.ts:4:50');
    },
  );

  test('a worker pool of a package runs a task of the site, with its settings', async () => {
    const site = await runserver(FILES);
    expect(await body(site, 'pool')).toBe('task A true');
    writeFiles(site.root, { 'mysite/entity.ts': ENTITY.replace('A =', 'Z =') });
    expect(await body(site, 'pool')).toBe('task Z true');
  });

  test('with --noreload, child processes run TypeScript too', async () => {
    const site = await runserver(FILES, ['--noreload']);
    expect(await body(site, 'child')).toBe('first B job.ts:4:49');
    expect(await body(site, 'thread')).toBe('first B job.ts:4:49');
  });
});

describe("a package that loads a module of the site gets the site's own instance", () => {
  test.skipIf(!HAS_SYNC_HOOKS)('by import()', async () => {
    expect(await body(await runserver(FILES), 'import')).toBe('[true,2,"default"]');
  });

  test('by require()', async () => {
    expect(await body(await runserver(FILES), 'require')).toBe('[true,2,"default"]');
  });

  test.skipIf(HAS_SYNC_HOOKS)(
    'but not by import() before Node 22.15, where the error gives advice',
    async () => {
      expect(await body(await runserver(FILES), 'import')).toContain('Use Node 22.15 or later');
    },
  );
});
