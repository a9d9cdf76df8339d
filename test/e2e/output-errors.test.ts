import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { freePort } from './_listening.ts';
import { descendants, get, isAlive, SITE } from './_runserver.ts';
import { HAS_SHELL, Shell } from './_shell.ts';

const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

/** Prints and fails as often as it is asked to. */
const NOISY: Files = {
  'mysite/urls.ts': `import { path } from 'startproject/urls';
    console.log('loaded');
    console.error('loaded');
    export const urlpatterns = [
      path('', () => { console.log('home'); console.error('home'); return new Response('home'); }),
      path('fails/', () => { process.stdout.write('out'); process.stderr.write('error'); throw new Error('on purpose'); }),
      path('stray/', () => { setImmediate(() => { throw new Error('stray'); }); return new Response('stray'); }),
    ];`,
};

function start(
  bin: string,
  args: readonly string[],
  cwd: string,
  stdio: StdioOptions,
  wrapper: string[] = [],
) {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const [file, ...words] = [...wrapper, process.execPath, BIN + bin, ...args];
  const child = spawn(file!, words, { cwd, stdio, env: { ...env, XDG_CACHE_HOME: `${cwd}/.cache` } });
  onTestFinished(() => {
    for (const pid of [...descendants(child.pid!), child.pid!])
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  return child;
}

/** runserver on a port, with such an output, when it answers. */
async function serving(args: readonly string[], stdio: StdioOptions, wrapper?: string[]) {
  const root = temporaryFolder({ ...SITE, ...NOISY });
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}/`;
  const child = start('runserver.js', [port, ...args], root, stdio, wrapper);
  await answers(url);
  return { root, url, child };
}

const answers = (url: string) => vi.waitFor(async () => expect((await get(url)).status).toBe(200), 25_000);

/** Goes on in spite of failing views and stray errors, and is not busy with its own errors. */
async function goesOn(url: string): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    expect((await get(new URL('/fails/', url))).status).toBe(500);
    expect((await get(new URL('/stray/', url))).body).toBe('stray');
    expect((await get(url)).body).toBe('home');
  }
}

async function stops(child: ReturnType<typeof start>): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
}

describe.each([
  ['with reload', []],
  ['with --noreload', ['--noreload']],
])('runserver %s continues', (name, args) => {
  const canBeStray = name === 'with reload'; // In one process a stray error ends it, as in production.
  const check = async (url: string) => {
    if (canBeStray) await goesOn(url);
    else
      for (let round = 0; round < 3; round += 1)
        expect((await get(new URL('/fails/', url))).status).toBe(500);
  };

  test.each([
    ['stdout', ['ignore', 'pipe', 'ignore']],
    ['stderr', ['ignore', 'ignore', 'pipe']],
    ['both', ['ignore', 'pipe', 'pipe']],
  ] as [string, StdioOptions][])('when the reader of %s has closed it', async (_which, stdio) => {
    const { url, child } = await serving(args, stdio);
    child.stdout?.destroy();
    child.stderr?.destroy();
    await check(url);
    await stops(child);
  });

  test.skipIf(!existsSync('/dev/full'))('when the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { url, child } = await serving(args, ['ignore', full, full]);
    await check(url);
    await stops(child);
  });

  test('when a full pipe is not read', async () => {
    const { root, url, child } = await serving(args, ['ignore', 'pipe', 'pipe']);
    const address = new URL(`/?${'x'.repeat(4_000)}`, url);
    for (let line = 0; line < 120; line += 1) await get(address);
    await check(url);
    if (!canBeStray) return stops(child);
    // Workers that end leave a pipe in another mode than they found it.
    for (let save = 0; save < 3; save += 1) {
      const workers = descendants(child.pid!);
      writeFiles(root, { 'mysite/urls.ts': `${NOISY['mysite/urls.ts']}\n// ${save}` });
      expect((await get(url)).body).toBe('home');
      await expect.poll(() => workers.every(isAlive)).toBe(false);
    }
    await check(url);
    await stops(child);
  });

  test('after SIGHUP when it has no terminal, as under nohup', async () => {
    const { url, child } = await serving(args, ['ignore', 'ignore', 'ignore'], ['nohup']);
    child.kill('SIGHUP');
    await check(url);
    await stops(child);
  });
});

test('a reload works when the reader of the output has closed it', async () => {
  const { root, url, child } = await serving([], ['ignore', 'pipe', 'pipe']);
  child.stdout!.destroy();
  child.stderr!.destroy();
  writeFiles(root, { 'mysite/urls.ts': 'export const urlpatterns = ;' });
  expect((await get(url)).status).toBe(500);
  writeFiles(root, NOISY);
  expect((await get(url)).body).toBe('home');
});

describe('startproject completes its work', () => {
  test('when the reader of the output has closed it', async () => {
    const folder = temporaryFolder();
    const child = start('startproject.js', ['mysite'], folder, ['ignore', 'pipe', 'pipe']);
    child.stdout!.destroy();
    child.stderr!.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readFileSync(path.join(folder, 'mysite/mysite/wsgi.ts'), 'utf8')).toContain('application');
  });

  test.skipIf(!existsSync('/dev/full'))('when the disk of its output is full', async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const folder = temporaryFolder();
    const made = start('startproject.js', ['mysite'], folder, ['ignore', full, full]);
    expect(await once(made, 'exit')).toEqual([0, null]);
    expect(existsSync(path.join(folder, 'mysite/mysite/wsgi.ts'))).toBe(true);
    const refused = start('startproject.js', ['1'], folder, ['ignore', full, full]);
    expect((await once(refused, 'exit'))[0]).not.toBe(0);
  });
});

describe.skipIf(!HAS_SHELL)('when the terminal is closed', () => {
  test('a runserver under nohup continues', async () => {
    const shell = await Shell.open(NOISY);
    const port = await freePort();
    shell.type(`nohup '${process.execPath}' '${BIN}runserver.js' ${port} &\r`);
    const url = `http://127.0.0.1:${port}/`;
    await answers(url);
    const processes = descendants(shell.pid);
    onTestFinished(() => {
      for (const pid of processes) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    shell.hangUp();
    await shell.exit;
    await goesOn(url);
  });

  test.each(['', '&'])('a runserver of that terminal ends, with all its processes: %s', async (end) => {
    const shell = await Shell.open(NOISY);
    await get(await shell.runserver(end));
    const processes = descendants(shell.pid);
    shell.hangUp();
    await shell.exit;
    await expect.poll(() => processes.filter(isAlive)).toEqual([]);
  });
});
