import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { get, runserver } from './_runserver.ts';

vi.setConfig({ testTimeout: 60_000 });

const FILES = {
  'preload.cjs': "require('node:fs').appendFileSync(process.env.PRELOAD_LOG, process.pid + '\\n');",
  'mysite/wsgi.ts': `
    export function application(environ, startResponse) {
      startResponse('200 OK', [['X-Pid', String(process.pid)]]);
      return [new TextEncoder().encode(process.execArgv.filter((flag) => /title/.test(flag)).join(' '))];
    }`,
};

function log(root: string): string[] {
  return readFileSync(path.join(root, 'preload-log'), 'utf8').trimEnd().split('\n');
}

test("Node's flags reach each worker once, from the folder where runserver was started", async () => {
  const site = await runserver(FILES, [], { PRELOAD_LOG: 'preload-log' }, undefined, {
    nodeFlags: ['--require', './preload.cjs', '--title=site'],
  });
  for (const text of ['// 1', '// 2', '// 3']) {
    const { body, headers } = await get(site.url);
    expect(body).toBe('--title=site');
    expect(log(site.root).filter((pid) => pid === headers['x-pid'])).toHaveLength(1);
    writeFileSync(path.join(site.root, 'mysite/wsgi.ts'), `${FILES['mysite/wsgi.ts']}${text}`);
  }
});

test('NODE_OPTIONS reach each worker once', async () => {
  const site = await runserver(FILES, [], {
    PRELOAD_LOG: 'preload-log',
    NODE_OPTIONS: '--require ./preload.cjs',
  });
  const { headers } = await get(site.url);
  expect(log(site.root).filter((pid) => pid === headers['x-pid'])).toHaveLength(1);
});

test.each([
  ['in NODE_OPTIONS', { NODE_OPTIONS: '--inspect=127.0.0.1:0' }, []],
  ['on the command line', {}, ['--inspect=127.0.0.1:0']],
] as const)(
  'an inspector that is enabled %s belongs to the parent process, is reported once, and causes no error in workers',
  async (_where, env, flags) => {
    const site = await runserver(FILES, [], env, undefined, { nodeFlags: flags });
    for (const text of ['// 1', '// 2', '// 3']) {
      await get(site.url);
      const seen = site.output.length;
      writeFileSync(path.join(site.root, 'mysite/wsgi.ts'), `${FILES['mysite/wsgi.ts']}${text}`);
      await site.saw(/wsgi\.ts changed, reloaded/, seen);
    }
    expect(site.output.match(/Debugger listening/g)).toHaveLength(1);
    expect(site.output.match(/To debug the site: runserver --inspect/g)).toHaveLength(1);
    expect(site.output).not.toMatch(/Starting inspector|address already in use/);
  },
);

test("runserver's own --inspect debugs the site, although Node has the same flag", async () => {
  const site = await runserver(FILES, ['--inspect', '0'], { NODE_OPTIONS: '--inspect=127.0.0.1:0' });
  await get(site.url);
  await site.saw(/Debugger listening(?:.*\n)+.*Debugger listening/);
  expect(site.output).not.toMatch(/To debug the site/);
});

test('--noreload --inspect lets a debugger attach', async () => {
  const site = await runserver(FILES, ['--noreload', '--inspect', '0']);
  expect(site.output.match(/Debugger listening on ws:\/\/127\.0\.0\.1:/g)).toHaveLength(1);
  expect((await get(site.url)).status).toBe(200);
});

test.each([[[]], [['--noreload']]])('--inspect at a port in use is reported once: %j', async (flags) => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const site = await runserver(FILES, [...flags, '--inspect', address]);
  expect((await get(site.url)).status).toBe(200);
  await site.saw(/No debugger can attach: 127\.0\.0\.1:\d+ is in use\./);
  expect(site.output).not.toContain('Starting inspector');
});

test('a limit of open files that prevents the start of a worker is reported, and the start is repeated', async () => {
  const site = await runserver(FILES, [], {}, undefined, { maxFiles: 24 });
  await site.saw(/could not be started: .*EMFILE.*ulimit -n/);
});

test.each([[[]], [['--noreload']]])('uncaught errors do not end the server, with %j', async (args) => {
  const site = await runserver(
    {
      'mysite/wsgi.ts': `
        void Promise.reject(new Error('rejected at load'));
        await new Promise((resolve) => setTimeout(resolve, 5));
        export function application(environ, startResponse) {
          queueMicrotask(() => { throw new Error('thrown later'); });
          startResponse('200 OK', []);
          return [];
        }`,
    },
    args,
  );
  expect((await get(site.url)).status).toBe(200);
  await site.saw(/rejected at load[\s\S]*thrown later/);
  expect((await get(site.url)).status).toBe(200);
});
