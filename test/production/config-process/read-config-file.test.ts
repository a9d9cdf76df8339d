import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { UserError } from '../../../src/errors.ts';
import {
  type ReadConfigOptions,
  readConfigFile,
} from '../../../src/production/config-process/config-process.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';
import { spawnConfigProcess } from './_spawn-config-process.ts';

/** Reads the `wsgi.config.ts` of a project. */
async function read(source: string, files: Files = {}, options: Partial<ReadConfigOptions> = {}) {
  const root = temporaryFolder({
    'package.json': '{ "type": "module" }',
    'wsgi.config.ts': source,
    ...files,
  });
  const notices: string[] = [];
  const config = await readConfigFile({
    file: path.join(root, 'wsgi.config.ts'),
    root,
    spawn: () => spawnConfigProcess(root),
    onNotice: (text) => notices.push(text),
    ...options,
  });
  onTestFinished(() => config.close());
  return { config, notices, root };
}

/** The error that reading a configuration ends with. */
async function errorOf(source: string, options: Partial<ReadConfigOptions> = {}): Promise<UserError> {
  return read(source, {}, options).then(
    () => expect.fail('The configuration was read.'),
    (error) => error,
  );
}

describe('a configuration', () => {
  test('in TypeScript gives its settings, in a site that has nothing installed', async () => {
    const { config } = await read(
      `import { defineConfig } from 'startproject/config';
import { bind } from './bind.ts';
const workers: number = 3;
export default defineConfig({ bind, workers, timeout: '2m', whenReady() {}, preRequest() {} });`,
      { 'bind.ts': "export const bind: readonly string[] = ['127.0.0.1:1'];" },
    );
    expect(config.values).toEqual({ bind: ['127.0.0.1:1'], workers: 3, timeout: '2m' });
    expect(config.hooks).toEqual(['whenReady', 'preRequest']);
  });

  test.each([
    ['a promise', 'export default Promise.resolve({ workers: 3 });'],
    ['a function', 'export default async () => ({ workers: 3 });'],
  ])('may be %s', async (_name, source) => {
    expect((await read(source)).config.values).toEqual({ workers: 3 });
  });
});

describe('a configuration that is wrong has one line', () => {
  test.each([
    ['throws', "const x = 1;\nthrow new Error('no');", 'wsgi.config.ts:2:7: loading failed: Error: no'],
    ['is not TypeScript', 'export default {;', /^wsgi\.config\.ts:1:\d+: syntax error: /],
    [
      'throws in its function',
      "export default () => {\n  throw new Error('no');\n};",
      'wsgi.config.ts:2:9: loading failed: Error: no',
    ],
    [
      'exports nothing by default',
      'export const workers = 4;',
      'wsgi.config.ts: expected an object as the default export, found undefined.',
    ],
    [
      'exports no object',
      'export default 4;',
      'wsgi.config.ts: expected an object as the default export, found 4.',
    ],
    [
      'has a wrong value that JSON has not',
      'export default {\n  workers: () => 4,\n};',
      "wsgi.config.ts:2:3: workers: expected a whole number from 1, or 'auto', found the function workers.",
    ],
    [
      'has a getter that throws',
      "export default {\n  get workers() {\n    throw new Error('no');\n  },\n};",
      'wsgi.config.ts:3:11: the setting workers failed: Error: no',
    ],
    [
      'has a site with a getter that throws no Error',
      "export default { sites: { blog: { env: {\n  get KEY() { throw 'no'; },\n} } } };",
      'wsgi.config.ts:1:35: the setting sites.blog.env.KEY failed: no',
    ],
    [
      'has a hook whose getter throws',
      "export default {\n  get onExit() { throw new Error('no'); },\n};",
      'wsgi.config.ts:2:24: the setting onExit failed: Error: no',
    ],
    [
      'has a hook that is not a function',
      'export default { onExit: 1 };',
      'wsgi.config.ts:1:18: onExit: expected a function, found 1.',
    ],
    [
      'has an unknown name',
      'export default { wrkers: 1 };',
      'wsgi.config.ts:1:18: wrkers: there is no such setting.',
    ],
    [
      'ends its process',
      'export default {};\nprocess.exit(3);',
      'wsgi.config.ts:2:9: the configuration ended its process with exit code 3 while it loaded.',
    ],
    [
      'is killed',
      "process.kill(process.pid, 'SIGKILL');\nawait new Promise((resolve) => setTimeout(resolve, 9_999));",
      'wsgi.config.ts: the configuration was ended by SIGKILL while it loaded.',
    ],
  ])('%s', async (_name, source, message) => {
    const error = await errorOf(source);
    expect([error.name, error.message]).toEqual([
      'ImproperlyConfigured',
      message instanceof RegExp ? expect.stringMatching(message) : message,
    ]);
  });

  test('and the code around its place', async () => {
    expect((await errorOf("const x = 1;\nthrow new Error('no');")).codeFrame).toContain('> 2 | throw');
  });

  test.each([
    [
      'is in a loop without end',
      '\nfor (;;);',
      /^wsgi\.config\.ts:2:\d+: the configuration did not load within 2 seconds\. It is busy here\.$/,
    ],
    [
      'waits without end',
      'await new Promise(() => {});\nsetInterval(() => {}, 1000);',
      /^wsgi\.config\.ts: the configuration did not load within 2 seconds\. It waits for a promise\.$/,
    ],
  ])('%s', async (_name, source, message) => {
    expect((await errorOf(source, { timeoutMs: 2_000 })).message).toMatch(message);
  });
});

describe('a hook', () => {
  const FACTS = { site: 'default', generation: 1 };

  test('runs in the process that has read the configuration, and its promise is awaited', async () => {
    const { config, root, notices } = await read(`import { appendFile } from 'node:fs/promises';
let starts = 0;
export default {
  preFork: async ({ site }) => {
    starts += 1;
    await appendFile('log', site + starts);
  },
};`);
    await config.run('preFork', FACTS);
    await config.run('preFork', FACTS);
    await config.run('whenReady', { pid: 1, addresses: [] });
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(`${root}/log`, 'utf8')).toBe('default1default2');
    expect(notices).toEqual([]);
  });

  test('that throws is a notice with its place', async () => {
    const { config, notices } = await read("export default {\n  preFork() { throw new Error('no'); },\n};");
    await config.run('preFork', FACTS);
    expect(notices).toEqual(['wsgi.config.ts:2:21: the hook preFork failed: Error: no']);
  });

  test('onStarting that throws is an error', async () => {
    const { config } = await read("export default { onStarting() { throw new Error('no'); } };");
    await expect(config.run('onStarting', { pid: 1 })).rejects.toThrow(
      'wsgi.config.ts:1:39: the hook onStarting failed: Error: no',
    );
  });

  test('that takes too long is a notice, and others wait for its end, not for each of theirs', async () => {
    const { config, notices } = await read(
      'export default { preFork: () => new Promise(() => {}) };',
      {},
      {
        hookTimeoutMs: 100,
      },
    );
    await config.run('preFork', FACTS);
    await config.run('preFork', FACTS);
    expect(notices).toEqual([
      'wsgi.config.ts: the hook preFork has not ended after 0.1 seconds. Until it does, no hook is run.',
    ]);
  });

  test('that ends its process is a notice, and no hook runs any more', async () => {
    const { config, notices } = await read('export default { preFork() { process.exit(4); } };');
    await config.run('preFork', FACTS);
    await config.run('preFork', FACTS);
    expect(notices).toEqual([
      'wsgi.config.ts ended its process with exit code 4: its hooks are not run until the next reload.',
      'wsgi.config.ts: the hook preFork ended its process with exit code 4.',
    ]);
  });
});
