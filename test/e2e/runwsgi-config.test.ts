import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { descendants, get } from './_runserver.ts';
import { commandLine, runwsgi, Wsgi } from './_runwsgi.ts';

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly root: string;
}

/** Runs `runwsgi` to its end, with these files beside those of the site. */
async function end(args: readonly string[], files: Files = {}, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const command = new Wsgi(args, { files, env, bind: [] });
  const { code } = await command.exit;
  return { code, output: command.output, root: command.root };
}

const CONFIG = `import { defineConfig } from 'startproject/config';

export default defineConfig({
  timeout: '1m',
  workers: 2,
});
`;

describe('--print-config', () => {
  test('prints each setting and its source', async () => {
    const env = { RUNWSGI_MAX_REQUESTS: '100', RUNWSGI_CMD_ARGS: '--log-level debug', PORT: '5000' };
    const { code, output } = await end(['--print-config', '-w', '3'], { 'wsgi.config.ts': CONFIG }, env);
    expect(code).toBe(0);
    expect(output).toMatch(/^Configuration file: wsgi\.config\.ts$/m);
    expect(output).toMatch(/^workers +3 +--workers$/m);
    expect(output).toMatch(/^timeout +60 +wsgi\.config\.ts:4:3$/m);
    expect(output).toMatch(/^maxRequests +100 +RUNWSGI_MAX_REQUESTS$/m);
    expect(output).toMatch(/^logLevel +debug +--log-level in RUNWSGI_CMD_ARGS$/m);
    expect(output).toMatch(/^bind +0\.0\.0\.0:5000 +PORT$/m);
    expect(output).toMatch(/^gracefulTimeout +30 +default$/m);
  });

  test('--json prints the same for programs', async () => {
    const { code, output } = await end(['--print-config', '--json'], { 'wsgi.config.ts': CONFIG });
    const { settings, configFile } = JSON.parse(output);
    expect([code, path.basename(configFile)]).toEqual([0, 'wsgi.config.ts']);
    expect(settings.timeout).toEqual({ value: 60, source: 'file', origin: 'wsgi.config.ts:4:3' });
  });

  test('together with --check-config checks the sites too', async () => {
    const { code, output } = await end(['--print-config', '--check-config']);
    expect(code).toBe(0);
    expect(output).toMatch(/^Configuration file: none$[\s\S]*^Everything loads\./m);
  });

  test.each([
    [['--json'], '--json has no effect without --print-config.'],
    [['--json', '--check-config'], '--json has no effect without --print-config.'],
    [
      ['--json', '--print-config', '--check-config'],
      '--json and --check-config cannot be given together: findings are not JSON.',
    ],
    [['-w', '4', 'reload'], '--workers has no effect before the command reload.'],
    [['--check-config', 'status'], '--check-config has no effect before the command status.'],
  ])('%j is refused', async (args, message) => {
    const { code, output } = await end(args);
    expect([code, output]).toEqual([2, expect.stringMatching(`^Error: ${message}\nHint: .*\n$`)]);
  });

  test('opens no log and needs no user account', async () => {
    const args = ['--print-config', '--access-logfile', 'access.log', '--user', 'nobody-of-that-name'];
    const { code, root } = await end(args);
    expect([code, existsSync(`${root}/access.log`)]).toEqual([0, false]);
  });

  test('changes to the folder of --chdir first, once', async () => {
    const { output } = await end(['--print-config', '--chdir', 'sub'], { 'sub/wsgi.config.ts': CONFIG });
    expect(output).toMatch(/^chdir +\S+\/sub +--chdir$/m);
    expect(output).not.toContain('sub/sub');
  });
});

describe('--check-config', () => {
  test('ends with 0 when all sites load, with advice for production', async () => {
    const { code, output } = await end(['--check-config', '-b', '0.0.0.0:0']);
    expect(code).toBe(0);
    expect(output).toMatch(/^\(security\.W009\) SECRET_KEY .*\n {4}Hint: /m);
    expect(output).toMatch(/^Everything loads\. Findings for production: 1$/m);
  });

  test('ends with 1 and the text of runserver when the application cannot load', async () => {
    const { code, output } = await end(['--check-config'], { 'mysite/wsgi.ts': "throw new Error('no');" });
    expect(code).toBe(1);
    expect(output).toContain('Error: mysite/wsgi.ts:1:7: loading failed: Error: no\n\n> 1 | throw');
  });

  test('names each of several sites', async () => {
    const sites = `export default { sites: {
  blog: { bind: ['127.0.0.1:0'] },
  shop: { bind: ['127.0.0.1:0'], app: 'mysite.shop:application' },
} };`;
    const { code, output } = await end(['--check-config'], { 'wsgi.config.ts': sites });
    expect(code).toBe(1);
    expect(output).toMatch(/^blog: \(security\.W009\)/m);
    expect(output).toMatch(/^Error: .*mysite\.shop/m);
    expect(output).toMatch(/^1 of 2 sites cannot load\./m);
  });
});

describe('a wrong value ends the command before anything starts', () => {
  test.each([
    [
      'of a flag',
      ['-w', 'many'],
      {},
      {},
      2,
      "--workers: expected a whole number from 1, or 'auto', found 'many'.",
    ],
    [
      'of a variable',
      [],
      {},
      { RUNWSGI_TIMEOUT: 'soon' },
      1,
      "RUNWSGI_TIMEOUT: expected a number of seconds up to 24 days, or a text such as '500ms', '15m', '2h', '1d', found 'soon'.",
    ],
    [
      'of the file',
      [],
      { 'wsgi.config.ts': CONFIG.replace("'1m'", "'soon'") },
      {},
      1,
      "wsgi.config.ts:4:3: timeout: expected a number of seconds up to 24 days, or a text such as '500ms', '15m', '2h', '1d', found 'soon'.",
    ],
    [
      'of RUNWSGI_CMD_ARGS',
      [],
      {},
      { RUNWSGI_CMD_ARGS: '-k gevent' },
      2,
      'RUNWSGI_CMD_ARGS: --worker-class is not supported.',
    ],
    [
      'of --config',
      ['-c', 'other.ts'],
      {},
      {},
      1,
      /--config: expected a file, found none at '.*\/other\.ts'\./,
    ],
  ])('%s', async (_name, args, files, env, exitCode, message) => {
    const { code, output } = await end(args, files, env);
    const [line] = output.split('\n');
    expect(code).toBe(exitCode);
    expect(line).toEqual(message instanceof RegExp ? expect.stringMatching(message) : `Error: ${message}`);
  });

  test('when the hook onStarting throws', async () => {
    const config = "export default { onStarting() { throw new Error('not today'); } };";
    const { code, output } = await end(['-b', '127.0.0.1:0'], { 'wsgi.config.ts': config });
    expect(code).toBe(1);
    expect(output).toContain('Error: wsgi.config.ts:1:39: the hook onStarting failed: Error: not today');
  });
});

test('a configuration in an endless loop does not outlive the command', async () => {
  const command = new Wsgi([], { files: { 'wsgi.config.ts': "console.log('looping');\nfor (;;);" } });
  await command.saw(/looping/);
  const pids = descendants(command.pid).filter((pid) => commandLine(pid).includes('config-process'));
  expect(pids).toHaveLength(1);
  await command.stop('SIGINT');
  await expect.poll(() => pids.map(commandLine)).toEqual(['']);
});

const HOOKS = `import { appendFileSync } from 'node:fs';
const note = (name: string) => () => {
  appendFileSync('hooks.log', name + '\\n');
  console.log(name);
};
export default {
  onStarting: note('onStarting'), whenReady: note('whenReady'), preFork: note('preFork'),
  childExit: note('childExit'), onReload: note('onReload'), onExit: note('onExit'),
  postFork: note('postFork'), workerInt: note('workerInt'), workerExit: note('workerExit'),
  preRequest: note('preRequest'), postRequest: note('postRequest'),
};
`;

test('hooks run in the order of a server’s life', async () => {
  const server = await runwsgi([], { files: { 'wsgi.config.ts': HOOKS } });
  await server.saw(/^whenReady$/m); // It runs in another process than the worker, which serves already.
  await server.ask();
  await server.reload();
  await server.saw(/^childExit$/m);
  await server.stop('SIGINT');
  const names = readFileSync(`${server.root}/hooks.log`, 'utf8').trim().split('\n');
  expect(names.filter((name) => name !== 'postRequest')).toEqual([
    'onStarting',
    'preFork',
    'postFork',
    'whenReady',
    'preRequest',
    'onReload',
    'preFork',
    'postFork',
    'workerExit',
    'childExit',
    'workerInt',
    'workerExit',
    'childExit',
    'onExit',
  ]);
  expect(names).toContain('postRequest');
});

test('a hook that fails is a line in the log, and the worker goes on', async () => {
  const failing = `export default {
    postRequest: async () => { throw new Error('no') },
    preFork() { throw new Error('not now') },
  };`;
  const server = await runwsgi([], { files: { 'wsgi.config.ts': failing } });
  const { pid } = await server.ask();
  await server.saw(/The hook postRequest failed: Error: no/);
  expect((await server.ask()).pid).toBe(pid);
  expect(server.output).toMatch(
    /\[WARNING\] wsgi\.config\.ts:3:23: the hook preFork failed: Error: not now\n/,
  );
});

test('an invalid configuration at a reload leaves the old one active', async () => {
  const config = (workers: string) => `export default { workers: ${workers} };`;
  const server = await runwsgi([], { files: { 'wsgi.config.ts': config('1') } });
  server.write({ 'wsgi.config.ts': config("'x'") });
  expect(await server.reload()).toContain('wsgi.config.ts:1:18: workers: expected a whole number from 1');
  expect((await get(server.url)).status).toBe(200);
  rmSync(`${server.root}/wsgi.config.ts`);
  expect(await server.reload()).toMatch(/There is no wsgi\.config\.ts in \S+ any more\./);
  expect((await get(server.url)).status).toBe(200);
  server.write({ 'wsgi.config.ts': config('2') });
  await server.reload(/Reloaded\./);
  await server.hasWorkers(2);
});
