import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Command, get, type RunningSite, runserver, SITE, sharedRunserver } from './_runserver.ts';

const urls = (text: string) => ({
  'mysite/urls.ts': `import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('${text}'))];`,
});

const NOBODY = 65_534;
const IS_ROOT = process.getuid?.() === 0;
/** A checkout in a private folder is not for others to run. */
const CAN_BE_NOBODY = IS_ROOT && isReadableBy(NOBODY);

function isReadableBy(uid: number): boolean {
  const read = [process.execPath, '-e', 'process.chdir(process.argv[1])', import.meta.dirname];
  return spawnSync(read[0]!, read.slice(1), { uid, gid: uid }).status === 0;
}

interface Start {
  readonly args?: readonly string[];
  /** Makes what is there before runserver starts. */
  readonly prepare?: (root: string) => void;
}

/** runserver as a user whom permissions concern: root may read everything. */
async function runserverAsNobody(files: Files, { args = [], prepare }: Start): Promise<RunningSite> {
  const root = temporaryFolder({ ...SITE, ...files });
  const user = CAN_BE_NOBODY ? NOBODY : undefined;
  if (user !== undefined) execFileSync('chown', ['-R', `${user}:${user}`, root]);
  prepare?.(root);
  const command = new Command('runserver.js', ['0', ...args], { cwd: root, user });
  onTestFinished(async () => void (await command.stop('SIGKILL')));
  const [, url] = await command.saw(/Development server at (\S+)/);
  return Object.assign(command, { root, url: url! });
}

/** It answers, and sees a change: its parent process waits for no file. */
async function seesChange(site: RunningSite, text: string): Promise<void> {
  writeFiles(site.root, urls(text));
  expect((await get(site.url)).body).toBe(text);
}

/** It sees changes, and ends by CONTROL-C. */
async function isWell(site: RunningSite): Promise<void> {
  await seesChange(site, 'well');
  await seesChange(site, 'well again');
  expect((await site.stop('SIGINT')).code).toBe(130);
}

type Place = (name: string) => string;

const HOSTILE: Readonly<Record<string, (at: Place) => void>> = {
  'a pipe as .env': (at) => execFileSync('mkfifo', [at('.env')]),
  'a pipe among the templates': (at) => execFileSync('mkfifo', [at('templates/pipe.html')]),
  'a link to a pipe': (at) => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync(at('pipe'), at('.env.local'));
  },
  'a pipe as .git': (at) => execFileSync('mkfifo', [at('.git')]),
  'a pipe as tsconfig.json': (at) => execFileSync('mkfifo', [at('tsconfig.json')]),
  'a device as .env': (at) => symlinkSync('/dev/zero', at('.env')),
  'a link to itself as .env': (at) => symlinkSync('.env', at('.env')),
  'a link to itself among the templates': (at) => symlinkSync('loop.html', at('templates/loop.html')),
  'a link to the folder above': (at) => symlinkSync('..', at('templates/up')),
  'a link to itself as .git': (at) => symlinkSync('.git', at('.git')),
  'a folder as .env': (at) => mkdirSync(at('.env')),
  'a file of a terabyte': (at) => {
    writeFileSync(at('templates/film.mkv'), '');
    truncateSync(at('templates/film.mkv'), 2 ** 40);
  },
};

/** All of them, in sites of three each. */
const SITES = [
  ['a pipe as .env', 'a link to itself among the templates', 'a link to itself as .git'],
  ['a device as .env', 'a pipe among the templates', 'a pipe as .git'],
  ['a link to itself as .env', 'a link to the folder above', 'a pipe as tsconfig.json'],
  ['a folder as .env', 'a link to a pipe', 'a file of a terabyte'],
];

describe.skipIf(process.platform === 'win32').each([
  ['events', []],
  ['--poll', ['--poll', '50']],
])('with %s, runserver continues', (_how, args) => {
  const files = { ...urls('before'), 'templates/a.html': 'a' };

  describe('when this is created:', () => {
    const serve = sharedRunserver(args);

    test.each(Object.entries(HOSTILE))('%s', async (_what, make) => {
      const site = await serve(files);
      make((name) => path.join(site.root, name));
      await seesChange(site, 'well'); // The next test is another.
    });

    test('and Ctrl-C still stops it after all of these', async () => {
      expect((await (await serve(files)).stop('SIGINT')).code).toBe(130);
    });
  });

  test.each(SITES)('with %s, %s and %s at its start', async (...all) => {
    const site = await runserverAsNobody(files, {
      args,
      prepare: (root) => {
        for (const what of all) HOSTILE[what]!((name) => path.join(root, name));
      },
    });
    await isWell(site);
  });

  test('with names that are too long', async () => {
    const long = 'x'.repeat(300);
    const site = await runserver(files, [...args, '--watch', long, '--watch', `${long}/${long}`]);
    await site.saw(/--watch: \S*x does not exist yet/);
    await isWell(site);
  });

  test.skipIf(IS_ROOT && !CAN_BE_NOBODY)(
    'with a watched folder that its user can no longer read',
    async () => {
      const site = await runserverAsNobody(files, { args });
      expect((await get(site.url)).body).toBe('before');
      const templates = path.join(site.root, 'templates');
      chmodSync(templates, 0);
      onTestFinished(() => chmodSync(templates, 0o755));
      await site.saw(/Cannot read \S*templates\/a\.html: EACCES/);
      await isWell(site);
    },
  );

  test.skipIf(IS_ROOT && !CAN_BE_NOBODY)(
    'with a folder that its user cannot read from the start',
    async () => {
      const site = await runserverAsNobody(files, {
        args,
        prepare: (root) => {
          chmodSync(path.join(root, 'templates'), 0);
          onTestFinished(() => chmodSync(path.join(root, 'templates'), 0o755));
        },
      });
      await site.saw(/Cannot read \S*templates: EACCES/);
      await isWell(site);
    },
  );
});

test.skipIf(IS_ROOT && !CAN_BE_NOBODY)(
  'a settings module that its user cannot read is not reported as missing',
  async () => {
    const site = await runserverAsNobody(
      {},
      {
        prepare: (root) => {
          chmodSync(path.join(root, 'mysite'), 0);
          onTestFinished(() => chmodSync(path.join(root, 'mysite'), 0o755));
        },
      },
    );
    await site.saw(/The module 'mysite\.settings' cannot be read: EACCES/);
    expect(site.output).not.toMatch(/There is no module/);
  },
);

test('a folder in the place of the code cache does not prevent the restart of a worker that cannot start', async () => {
  const root = temporaryFolder({
    ...SITE,
    'broken-start.cjs': `const isWorker = /boot\\.cjs$/.test(process.argv[1]);
if (isWorker && require('node:fs').existsSync(__dirname + '/broken')) process.exit(7);`,
    [`.cache/startproject/code-${process.version}-${process.arch}/file`]: '',
    broken: '',
  });
  const nodeFlags = ['--require', './broken-start.cjs'];
  const command = new Command('runserver.js', ['0'], { cwd: root, nodeFlags });
  onTestFinished(async () => void (await command.stop('SIGKILL')));
  const [, url] = await command.saw(/Development server at (\S+)/);
  await command.saw(/exited with code 7 before it could load anything/);
  rmSync(path.join(root, 'broken'));
  expect((await get(url!)).body).toBe('home 1');
  expect(command.output).not.toMatch(/should not be/);
  expect((await command.stop('SIGINT')).code).toBe(130);
});

test('a view in an endless loop is reported without its code when a pipe has replaced its file', async () => {
  const site = await runserver({
    'mysite/urls.ts': `import { path } from 'startproject/urls';
import { rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
export const urlpatterns = [
  path('', () => new Response('home')),
  path('loop/', () => {
    execFileSync('mkfifo', [process.cwd() + '/mysite/pipe.ts']);
    const loop = new Function('for (;;);\\n//# sourceURL=' + process.cwd() + '/mysite/pipe.ts');
    loop();
  }),
];`,
  });
  expect((await get(site.url)).body).toBe('home');
  void get(new URL('/loop/', site.url)).catch(() => {});
  await site.saw(/A request has kept the site's process busy/);
  expect((await get(site.url)).body).toBe('home');
  rmSync(path.join(site.root, 'mysite/pipe.ts'));
});

test('a link that cannot be followed is named in the error', async () => {
  const site = await runserver({ ...urls('home') });
  expect((await get(site.url)).body).toBe('home');
  symlinkSync('.env', path.join(site.root, '.env'));
  await site.saw(/Cannot read \S*\.env: ELOOP/);
});

test.skipIf(IS_ROOT && !CAN_BE_NOBODY)('a folder that is readable again is watched again', async () => {
  const site = await runserverAsNobody(
    { ...urls('home'), 'templates/a.html': 'a' },
    { prepare: (root) => chmodSync(path.join(root, 'templates'), 0) },
  );
  expect((await get(site.url)).body).toBe('home');
  chmodSync(path.join(site.root, 'templates'), 0o755);
  await get(site.url);
  writeFileSync(path.join(site.root, 'templates/a.html'), 'changed');
  await get(site.url);
  await site.saw(/templates\/a\.html (?:and \d+ more )?changed, reloaded/);
});
