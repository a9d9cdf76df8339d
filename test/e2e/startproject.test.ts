import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { tarOf } from '../scaffold/_tar.ts';
import { treeOf } from '../scaffold/_tree.ts';
import { zipOf } from '../scaffold/_zip.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = `${ROOT}bin/startproject.js`;
const SITE = [
  '.gitignore',
  'README.md',
  'mysite',
  'mysite/settings.ts',
  'mysite/urls.ts',
  'mysite/wsgi.ts',
  'package.json',
  'static',
  'static/site.css',
  'test',
  'test/site.test.ts',
  'tsconfig.json',
];
const ENV = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };

interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What a shell does first. */
  readonly before?: string;
}

function startproject(args: readonly string[], { cwd, env = {}, before = 'true' }: RunOptions) {
  const command = ['-c', `${before}; exec "$@"`, 'sh', process.execPath, BIN, ...args];
  return spawnSync('/bin/sh', command, { cwd, env: { ...ENV, ...env }, encoding: 'utf8' });
}

function text(file: string): string {
  return readFileSync(file, 'utf8');
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('the command line', () => {
  test('a missing name is a usage error without a terminal', () => {
    const { status, stdout, stderr } = startproject([], { cwd: temporaryFolder() });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(`Error: Expected the name of the project.\nHint: For example: node ${BIN} mysite\n`);
  });

  test('a third argument is a usage error', () => {
    const { status, stderr } = startproject(['a', 'b', 'c'], { cwd: temporaryFolder() });
    expect(status).toBe(2);
    expect(stderr).toContain('too many arguments');
  });

  test('an unknown flag suggests the nearest', () => {
    const { status, stderr } = startproject(['mysite', '--templat', 'x'], { cwd: temporaryFolder() });
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean --template?');
  });

  test('an unknown package manager is refused', () => {
    const { status, stderr } = startproject(['mysite', '--package-manager', 'pip'], {
      cwd: temporaryFolder(),
    });
    expect(status).toBe(2);
    expect(stderr).toContain('Allowed choices are npm, pnpm, yarn, bun');
  });

  test('every flag is in the help', () => {
    const { status, stdout } = startproject(['--help'], { cwd: temporaryFolder() });
    expect(status).toBe(0);
    for (const flag of [
      '--template',
      '-e, --extension',
      '-n, --name',
      '-x, --exclude',
      '--install',
      '--git',
    ]) {
      expect(stdout).toContain(`  ${flag}`);
    }
    for (const flag of [
      '--package-manager',
      '--dry-run',
      '--chdir',
      '--traceback',
      '--no-color',
      '--version',
    ]) {
      expect(stdout).toContain(`  ${flag}`);
    }
  });

  test('--chdir sets the folder in which the site is created', () => {
    const cwd = temporaryFolder({ 'sites/file': '' });
    expect(startproject(['mysite', '--chdir', 'sites'], { cwd }).stdout).toContain('\n  cd sites/mysite\n');
    expect(existsSync(`${cwd}/sites/mysite/package.json`)).toBe(true);
  });

  test('--chdir to a missing folder is refused as by runserver', () => {
    const cwd = temporaryFolder();
    const { status, stderr } = startproject(['mysite', '--chdir', 'nowhere'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toMatch(`Error: Expected a folder for --chdir, found none at '${cwd}/nowhere'.\nHint: `);
    const runserver = [`${ROOT}bin/runserver.js`, '--chdir', 'nowhere'];
    expect(spawnSync(process.execPath, runserver, { cwd, encoding: 'utf8' }).stderr).toBe(stderr);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('a new site', () => {
  test('has exactly these files, and the next steps are printed', () => {
    const cwd = temporaryFolder();
    const { status, stdout, stderr } = startproject(['mysite'], { cwd });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      `Created mysite in ${cwd}/mysite\n\nNext:\n  cd mysite\n  npm install\n  npm run dev\n\n` +
        'and open http://127.0.0.1:8000/\n',
    );
    expect(readdirSync(cwd)).toEqual(['mysite']);
    expect(treeOf(`${cwd}/mysite`)).toEqual(SITE);
  });

  test('contains no variable of the template', () => {
    const cwd = temporaryFolder();
    startproject(['my_site'], { cwd });
    const files = treeOf(cwd).filter((path) => statSync(`${cwd}/${path}`).isFile());
    for (const file of files) expect(text(`${cwd}/${file}`)).not.toMatch(/\{\{|project_name/);
  });

  test('has the wsgi.ts of the contract', () => {
    const cwd = temporaryFolder();
    startproject(['mysite'], { cwd });
    expect(text(`${cwd}/mysite/mysite/wsgi.ts`)).toContain(
      "import { getWsgiApplication } from 'startproject/wsgi';\n" +
        "process.env.DJANGO_SETTINGS_MODULE ??= 'mysite.settings';\n" +
        'export const application = await getWsgiApplication();\n',
    );
  });

  test('has a package.json that names the settings and depends on this package', () => {
    const cwd = temporaryFolder();
    startproject(['mysite'], { cwd });
    expect(JSON.parse(text(`${cwd}/mysite/package.json`))).toMatchObject({
      name: 'mysite',
      private: true,
      type: 'module',
      scripts: { dev: 'runserver', start: 'runwsgi', check: 'runserver --check' },
      dependencies: { startproject: `file:${ROOT.replace(/\/$/, '')}` },
      startproject: { settings: 'mysite.settings' },
    });
  });

  test('has its own secret key', () => {
    const cwd = temporaryFolder();
    const [one, two] = ['one', 'two'].map((name) => {
      startproject([name], { cwd });
      return /SECRET_KEY = '(startproject-insecure-.{50})';/.exec(
        text(`${cwd}/${name}/${name}/settings.ts`),
      )?.[1];
    });
    expect(one).toBeDefined();
    expect(one).not.toBe(two);
  });

  test('has no type error', () => {
    const cwd = temporaryFolder();
    startproject(['mysite'], { cwd });
    mkdirSync(`${cwd}/mysite/node_modules/@types`, { recursive: true });
    symlinkSync(ROOT, `${cwd}/mysite/node_modules/startproject`);
    symlinkSync(`${ROOT}node_modules/@types/node`, `${cwd}/mysite/node_modules/@types/node`);
    const tsc = [`${ROOT}node_modules/typescript/bin/tsc`, '--noEmit', '--noUnusedLocals'];
    const { status, stdout } = spawnSync(process.execPath, tsc, { cwd: `${cwd}/mysite`, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('has the commands of the package manager in its texts', () => {
    const cwd = temporaryFolder();
    const env = { npm_config_user_agent: 'pnpm/9.12.0 npm/? node/v20.20.2 linux x64' };
    expect(startproject(['mysite'], { cwd, env }).stdout).toContain('  pnpm install\n  pnpm run dev\n');
    expect(text(`${cwd}/mysite/README.md`)).toContain('pnpm run dev');
  });

  test('--package-manager takes precedence over the package manager that runs the command', () => {
    const env = { npm_config_user_agent: 'pnpm/9.12.0 npm/? node/v20.20.2 linux x64' };
    const { stdout } = startproject(['mysite', '--package-manager', 'bun'], { cwd: temporaryFolder(), env });
    expect(stdout).toContain('  bun install\n  bun run dev\n');
  });

  test('has the file modes of the umask', () => {
    const cwd = temporaryFolder();
    startproject(['mysite'], { cwd, before: 'umask 077' });
    expect(modeOf(`${cwd}/mysite`)).toBe('700');
    expect(modeOf(`${cwd}/mysite/mysite`)).toBe('700');
    expect(modeOf(`${cwd}/mysite/mysite/settings.ts`)).toBe('600');
  });
});

describe('the name', () => {
  test.each(['7bad', 'my-site', '../x', '', 'class'])('%o is refused, and nothing is created', (name) => {
    const cwd = temporaryFolder();
    const { status, stdout, stderr } = startproject([name], { cwd });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: A project cannot be called '.*': .+\nHint: Try '\w+' instead\.\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('that is a package in node_modules is refused, and the package is not run', () => {
    const cwd = temporaryFolder({
      'node_modules/cheese/package.json': '{ "main": "index.js" }',
      'node_modules/cheese/index.js': "require('fs').writeFileSync('ran', '')",
    });
    const { status, stderr } = startproject(['cheese'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain(`'cheese': that is the name of a package in '${cwd}/node_modules'`);
    expect(readdirSync(cwd)).toEqual(['node_modules']);
  });

  test('is checked before anything else', () => {
    const { stderr } = startproject(['os', '/dev/null', '--template', 'missing'], { cwd: temporaryFolder() });
    expect(stderr).toContain("'os': that is the name of a module of Node.js");
  });

  test.each(['dist', 'Dist'])("%s is refused, since the site's own .gitignore would ignore it", (name) => {
    const cwd = temporaryFolder();
    const { status, stderr } = startproject([name, '--git'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Error: A project cannot be called '${name}': 'dist/' in the site's .gitignore leaves that folder out of git.\n` +
        `Hint: Try '${name}_site' instead.\n`,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('that an existing .gitignore would ignore is refused', () => {
    const cwd = temporaryFolder({ '.gitignore': 'build*\n!built\n' });
    expect(startproject(['builds', '.'], { cwd }).stderr).toContain(
      "'builds': 'build*' in the site's .gitignore leaves that folder out of git",
    );
    expect(startproject(['built', '.'], { cwd }).status).toBe(0);
  });

  test('can be in any alphabet', () => {
    const cwd = temporaryFolder();
    expect(startproject(['été'], { cwd }).status).toBe(0);
    expect(text(`${cwd}/été/été/settings.ts`)).toContain("ROOT_URLCONF = 'été.urls'");
    expect(JSON.parse(text(`${cwd}/été/package.json`)).name).toBe('ete');
  });
});

describe('the destination', () => {
  test('that exists is refused in a second run, which changes nothing', () => {
    const cwd = temporaryFolder();
    startproject(['mysite'], { cwd });
    const before = text(`${cwd}/mysite/mysite/settings.ts`);
    const { status, stderr } = startproject(['mysite'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain(`Error: '${cwd}/mysite' exists already.\n`);
    expect(text(`${cwd}/mysite/mysite/settings.ts`)).toBe(before);
  });

  test('that exists as a folder is added to, once', () => {
    const cwd = temporaryFolder({ 'other/notes.txt': 'mine' });
    expect(startproject(['mysite', 'other/'], { cwd }).status).toBe(0);
    expect(treeOf(`${cwd}/other`)).toEqual([...SITE, 'notes.txt'].sort());
    const { status, stderr } = startproject(['mysite', 'other'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain(
      `Expected none of the site's files in '${cwd}/other', found mysite/settings.ts, mysite/urls.ts,`,
    );
  });

  test('that is a new repository keeps its own files, and the missing lines of its .gitignore are printed', () => {
    const cwd = temporaryFolder({ '.gitignore': 'dist\n*.log\n', 'README.md': 'mine', LICENSE: 'MIT' });
    const { status, stdout } = startproject(['mysite', '.'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain(
      'Your own .gitignore and README.md did not change.\nAdd to .gitignore: node_modules/ .env .DS_Store\n',
    );
    expect([text(`${cwd}/.gitignore`), text(`${cwd}/README.md`)]).toEqual(['dist\n*.log\n', 'mine']);
    expect(treeOf(cwd)).toEqual([...SITE, 'LICENSE'].sort());
  });

  test('is reported by --dry-run with the kept files', () => {
    const cwd = temporaryFolder({ 'README.md': 'mine' });
    const { stdout } = startproject(['mysite', '.', '--dry-run'], { cwd });
    expect(stdout).not.toContain('  README.md\n');
    expect(stdout).toContain('Your own README.md did not change.\nNothing was written.\n');
  });

  test('with a folder in the place of a file of a new repository is refused', () => {
    const cwd = temporaryFolder({ 'README.md/x': '' });
    expect(startproject(['mysite', '.'], { cwd }).stderr).toContain('found README.md.');
  });

  test('with a link in the place of a folder is refused, and nothing is written through the link', () => {
    const cwd = temporaryFolder({ 'elsewhere/x': '' });
    symlinkSync('elsewhere', `${cwd}/mysite`);
    const { status, stderr } = startproject(['mysite', '.'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('found mysite (a link).');
    expect(readdirSync(`${cwd}/elsewhere`)).toEqual(['x']);
  });

  test('with one conflict gets no file at all', () => {
    const cwd = temporaryFolder({ 'mysite/wsgi.ts': 'mine' });
    const { status, stderr } = startproject(['mysite', '.'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('found mysite/wsgi.ts.\n');
    expect(treeOf(cwd)).toEqual(['mysite', 'mysite/wsgi.ts']);
    expect(text(`${cwd}/mysite/wsgi.ts`)).toBe('mine');
  });

  test('that is the current folder needs no cd', () => {
    const { stdout } = startproject(['mysite', '.'], { cwd: temporaryFolder() });
    expect(stdout).toContain('Next:\n  npm install\n');
  });

  test('that is missing is created with its parents', () => {
    const cwd = temporaryFolder();
    expect(startproject(['mysite', 'a/b/c'], { cwd }).stdout).toContain('  cd a/b/c\n');
    expect(treeOf(`${cwd}/a/b/c`)).toEqual(SITE);
  });

  test('that begins with a tilde is in the home folder', () => {
    const cwd = temporaryFolder();
    startproject(['mysite', '~/sites'], { cwd, env: { HOME: cwd } });
    expect(treeOf(`${cwd}/sites`)).toEqual(SITE);
  });

  test('that is a file is refused in one line', () => {
    const cwd = temporaryFolder({ taken: '' });
    const { status, stderr } = startproject(['mysite', 'taken'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain(`Error: Expected a folder at '${cwd}/taken', found a file.\n`);
  });

  test('with a broken link is refused in one line', () => {
    const cwd = temporaryFolder();
    symlinkSync('loop', `${cwd}/loop`);
    const { status, stderr } = startproject(['mysite', 'loop'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Could not use '.+\/loop': too many symbolic links .+ \(ELOOP\)\.\n$/);
  });

  test.skipIf(process.platform !== 'linux')('that cannot be written is refused in one line', () => {
    const { status, stderr } = startproject(['mysite', '/proc/mysite'], { cwd: temporaryFolder() });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Could not create '\/proc\/mysite': .+ \(E[A-Z]+\)\.\n$/);
  });
});

describe('--template', () => {
  test('can be a folder, with or without a trailing slash', () => {
    const cwd = temporaryFolder({
      'mine/project_name/app.ts': '{{ camel_case_project_name }}',
      'mine/x.bin': '{{',
    });
    startproject(['one', '--template', 'mine'], { cwd });
    startproject(['two', '--template', `${cwd}/mine/`], { cwd });
    startproject(['three', '--template', pathToFileURL(`${cwd}/mine`).href], { cwd });
    expect(treeOf(`${cwd}/one`)).toEqual(['one', 'one/app.ts', 'x.bin']);
    expect(text(`${cwd}/two/two/app.ts`)).toBe('Two');
    expect(text(`${cwd}/three/x.bin`)).toBe('{{');
  });

  test('keeps the executable bits, also under a umask', () => {
    const cwd = temporaryFolder({ 'mine/manage.sh': '' });
    chmodSync(`${cwd}/mine/manage.sh`, 0o755);
    startproject(['mysite', '--template', 'mine'], { cwd, before: 'umask 077' });
    expect(modeOf(`${cwd}/mysite/manage.sh`)).toBe('700');
  });

  test('can be a tarball, for a given directory', () => {
    const cwd = temporaryFolder({ 'repo-main/project_name/app.ts': '{{ project_name }}' });
    execFileSync('tar', ['-czf', 't.tgz', 'repo-main'], { cwd });
    expect(startproject(['mysite', 'there', '--template', 't.tgz/'], { cwd }).status).toBe(0);
    expect(text(`${cwd}/there/mysite/app.ts`)).toBe('mysite');
  });

  test('that is an archive with a path outside of it is refused', () => {
    const cwd = temporaryFolder();
    writeFileSync(`${cwd}/t.tar`, tarOf({ path: 'good.ts' }, { path: '../evil.ts', content: 'boo' }));
    const { status, stderr } = startproject(['mysite', '--template', 't.tar'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain("has a member whose path leads out of it: '../evil.ts'");
    expect(readdirSync(cwd)).toEqual(['t.tar']);
  });

  test('can be a zip file, and one with a path outside of it is refused', () => {
    const cwd = temporaryFolder();
    writeFileSync(
      `${cwd}/good.zip`,
      zipOf({ path: 'repo/project_name/a.ts', content: '{{ project_name }}' }),
    );
    expect(startproject(['mysite', '--template', 'good.zip'], { cwd }).status).toBe(0);
    expect(text(`${cwd}/mysite/mysite/a.ts`)).toBe('mysite');
    writeFileSync(`${cwd}/bad.zip`, zipOf({ path: 'good.ts' }, { path: '../evil.ts', content: 'boo' }));
    const { status, stderr } = startproject(['other', '--template', 'bad.zip'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('has a member whose path leads out of it');
    expect(readdirSync(cwd).sort()).toEqual(['bad.zip', 'good.zip', 'mysite']);
  });

  test('at a URL that cannot be loaded leaves nothing behind', () => {
    const cwd = temporaryFolder();
    const { status, stderr } = startproject(['mysite', '--template', 'http://127.0.0.1:1/t.tgz'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain("Could not download 'http://127.0.0.1:1/t.tgz'");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('that is missing leaves nothing behind', () => {
    const cwd = temporaryFolder();
    expect(startproject(['mysite', 'a/b', '--template', 'missing'], { cwd }).status).toBe(1);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('that cannot be read is named with the reason', () => {
    const cwd = temporaryFolder({ 'mine/a.ts': '' });
    symlinkSync('loop', `${cwd}/mine/loop`);
    const { status, stderr } = startproject(['mysite', '--template', 'mine'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Could not read '.+\/mine\/loop': .+ \(ELOOP\)\.\n$/);
  });

  test('is rendered in .ts, .json and .md files, and in those of -e and -n', () => {
    const names = ['a.ts', 'a.json', 'a.md', 'a.html', 'a.js', 'a.txt', 'a.css', 'Procfile', 'Other'];
    const cwd = temporaryFolder(
      Object.fromEntries(names.map((name) => [`mine/${name}`, '{{ project_name }}'])),
    );
    startproject(['mysite', '--template', 'mine', '-e', 'html, .js', '-e', 'txt', '-n', 'Procfile'], { cwd });
    const rendered = names.filter((name) => text(`${cwd}/mysite/${name}`) === 'mysite');
    expect(rendered).toEqual(['a.ts', 'a.json', 'a.md', 'a.html', 'a.js', 'a.txt', 'Procfile']);
  });

  test('keeps other alphabets and markup unchanged', () => {
    const cwd = temporaryFolder({
      'mine/été.ts': '// Some non-ASCII text: üäö éè <&> {{ project_name }} \'"',
    });
    startproject(['mysite', '--template', 'mine'], { cwd });
    expect(text(`${cwd}/mysite/été.ts`)).toBe('// Some non-ASCII text: üäö éè <&> mysite \'"');
  });

  const HIDDEN = {
    'mine/.hidden/a': '',
    'mine/.git/b': '',
    'mine/node_modules/c': '',
    'mine/docs/d': '',
    'mine/.e': '',
  };

  test.each([
    { flags: [], expected: ['.e', 'docs', 'docs/d'] },
    { flags: ['--exclude'], expected: ['.e', '.hidden', '.hidden/a', 'docs', 'docs/d'] },
    { flags: ['-x', 'docs'], expected: ['.e', '.hidden', '.hidden/a'] },
    { flags: ['-x', 'docs', '-x', '.hidden'], expected: ['.e'] },
    { flags: ['-x', 'docs', '-x'], expected: ['.e', '.hidden', '.hidden/a'] },
  ])('with $flags has the same folders as in Django', ({ flags, expected }) => {
    const cwd = temporaryFolder(HIDDEN);
    startproject(['mysite', '--template', 'mine', ...flags], { cwd });
    expect(treeOf(`${cwd}/mysite`)).toEqual(expected);
  });

  test('without package.json causes no advice to install', () => {
    const cwd = temporaryFolder({ 'mine/a.ts': '' });
    const { stdout } = startproject(['mysite', '--template', 'mine'], { cwd });
    expect(stdout).toBe(`Created mysite in ${cwd}/mysite\n\nNext:\n  cd mysite\n`);
  });
});

describe('--dry-run', () => {
  test('prints the paths, and writes nothing', () => {
    const cwd = temporaryFolder();
    const { status, stdout } = startproject(['mysite', 'a/b', '--dry-run', '--git', '--install'], { cwd });
    const paths = SITE.filter((path) => !['mysite', 'static', 'test'].includes(path)).map(
      (path) => `  ${path}\n`,
    );
    expect(stdout).toBe(`Would write to ${cwd}/a/b:\n${paths.join('')}Nothing was written.\n`);
    expect(status).toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('finds conflicts', () => {
    const { status, stderr } = startproject(['mysite', '.', '--dry-run'], {
      cwd: temporaryFolder({ 'tsconfig.json': '' }),
    });
    expect(status).toBe(1);
    expect(stderr).toContain('found tsconfig.json.');
  });
});

describe('a run that is interrupted', () => {
  const SLOW = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`mine/file${index}.ts`, '']));

  /** Starts, and kills as soon as the stage is there. */
  async function killed(cwd: string, signal: NodeJS.Signals, directory: string): Promise<ChildProcess> {
    const watcher = watch(cwd);
    onTestFinished(() => watcher.close());
    const args = [BIN, 'mysite', directory, '--template', '../mine'];
    const child = spawn(process.execPath, args, { cwd, env: ENV, stdio: 'ignore' });
    const exited = once(child, 'exit');
    watcher.once('change', () => child.kill(signal));
    await exited;
    return child;
  }

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s leaves no new folder', async (signal, status) => {
    const cwd = `${temporaryFolder({ ...SLOW, 'work/keep': '' })}/work`;
    expect((await killed(cwd, signal, 'a/b')).exitCode).toBe(status);
    expect(treeOf(cwd)).toEqual(['keep']);
  });

  test('by SIGTERM leaves an existing directory unchanged', async () => {
    const cwd = `${temporaryFolder({ ...SLOW, 'work/keep': '' })}/work`;
    expect((await killed(cwd, 'SIGTERM', '.')).exitCode).toBe(143);
    expect(treeOf(cwd)).toEqual(['keep']);
  });

  test('by SIGKILL leaves no incomplete site', async () => {
    const cwd = `${temporaryFolder({ ...SLOW, 'work/keep': '' })}/work`;
    expect((await killed(cwd, 'SIGKILL', 'there')).signalCode).toBe('SIGKILL');
    expect(existsSync(`${cwd}/there`)).toBe(false);
  });

  test.each(['there/too', '.'])('by a file that cannot be written leaves nothing in %s', (directory) => {
    const cwd = temporaryFolder({ 'mine/a.ts': '', 'mine/z.bin': 'x'.repeat(1_000_000), 'work/keep': '' });
    const { status, stderr } = startproject(['mysite', directory, '--template', '../mine'], {
      cwd: `${cwd}/work`,
      before: 'ulimit -f 16',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Could not create '.+': file too large \(EFBIG\)\.\n$/);
    expect(treeOf(`${cwd}/work`)).toEqual(['keep']);
  });
});

/** A program of that name which notes how it was called, and exits so. */
function fakeProgram(cwd: string, name: string, status: number): NodeJS.ProcessEnv {
  mkdirSync(`${cwd}/bin`);
  writeFileSync(`${cwd}/bin/${name}`, `#!/bin/sh\necho "$PWD $*" >> '${cwd}/calls'\nexit ${status}\n`, {
    mode: 0o755,
  });
  return { PATH: `${cwd}/bin:${ENV.PATH}` };
}

describe('--install', () => {
  test('runs the package manager in the site', () => {
    const cwd = temporaryFolder();
    const env = fakeProgram(cwd, 'pnpm', 0);
    const { status, stdout } = startproject(['mysite', '--install', '--package-manager', 'pnpm'], {
      cwd,
      env,
    });
    expect(status).toBe(0);
    expect(text(`${cwd}/calls`)).toBe(`${cwd}/mysite install\n`);
    expect(stdout).toContain('  cd mysite\n  pnpm run dev\n');
  });

  test('keeps the site when it fails, prints the command, and exits with 1', () => {
    const cwd = temporaryFolder();
    const { status, stdout, stderr } = startproject(['mysite', '--install'], {
      cwd,
      env: fakeProgram(cwd, 'npm', 7),
    });
    expect(status).toBe(1);
    expect(stderr).toBe("Warning: 'npm install' failed with 7.\n");
    expect(stdout).toContain('  cd mysite\n  npm install\n');
    expect(treeOf(`${cwd}/mysite`)).toEqual(SITE);
  });

  test('has nothing to install for a template without package.json', () => {
    const cwd = temporaryFolder({ 'mine/a.ts': '' });
    const env = fakeProgram(cwd, 'npm', 0);
    const { status, stderr } = startproject(['mysite', '--install', '--template', 'mine'], { cwd, env });
    expect(status).toBe(1);
    expect(stderr).toContain('Warning: Expected a package.json to install from');
    expect(existsSync(`${cwd}/calls`)).toBe(false);
  });
});

describe('--git', () => {
  const AUTHOR = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };

  function git(cwd: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd, env: ENV, encoding: 'utf8' });
  }

  test('commits the site', () => {
    const cwd = temporaryFolder();
    const { status, stderr } = startproject(['mysite', '--git'], { cwd, env: AUTHOR });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(git(`${cwd}/mysite`, 'log', '--format=%s')).toBe('Initial commit\n');
    expect(git(`${cwd}/mysite`, 'status', '--porcelain')).toBe('');
  });

  test('creates no repository inside of another one', () => {
    const cwd = temporaryFolder();
    git(cwd, 'init', '--quiet');
    const { status, stdout } = startproject(['mysite', '--git'], { cwd, env: AUTHOR });
    expect(status).toBe(0);
    expect(stdout).toContain('No git repository was created: the folder is in one already.');
    expect(existsSync(`${cwd}/mysite/.git`)).toBe(false);
  });

  test('keeps the site when the commit fails, prints the commands, and exits with 1', () => {
    const cwd = temporaryFolder();
    const { status, stdout, stderr } = startproject(['mysite', '--git'], {
      cwd,
      env: fakeProgram(cwd, 'git', 1),
    });
    expect(status).toBe(1);
    expect(stderr).toContain("Warning: 'git init --quiet' failed with 1.");
    expect(stdout).toContain('\n  git init && git add --all && git commit -m "Initial commit"\n');
    expect(treeOf(`${cwd}/mysite`)).toEqual(SITE);
  });

  test('keeps the site when git is missing, and exits with 1', () => {
    const cwd = temporaryFolder();
    const { status, stderr } = startproject(['mysite', '--git'], { cwd, env: { PATH: cwd } });
    expect(treeOf(`${cwd}/mysite`)).toEqual(SITE);
    expect(status).toBe(1);
    expect(stderr).toContain('git was not found.');
  });
});

describe.skipIf(!existsSync('/usr/bin/script') || process.platform !== 'linux')('on a terminal', () => {
  /** Answers each question in its turn. */
  async function talk(answers: readonly string[], { env = {}, cwd = temporaryFolder() } = {}) {
    const command = ['--quiet', '--return', '--command', `${process.execPath} ${BIN}`, '/dev/null'];
    const child = spawn('/usr/bin/script', command, { cwd, env: { ...ENV, TERM: 'dumb', ...env } });
    const left = [...answers];
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (/[\]:] /.test(chunk) && left.length > 0) child.stdin.write(left.shift());
    });
    await once(child, 'close');
    return { status: child.exitCode, output, cwd };
  }

  test('the missing name is asked for, and the equivalent flags are printed', async () => {
    const { status, output, cwd } = await talk(['blog\r', 'n\r', 'n\r']);
    expect(status).toBe(0);
    expect(output).toContain('The same without questions: startproject blog\r\n');
    expect(existsSync(`${cwd}/blog/package.json`)).toBe(true);
  });

  test('Ctrl-C at a question creates nothing', async () => {
    const { status, output, cwd } = await talk(['\x03']);
    expect(status).toBe(130);
    expect(output).toContain('Interrupted.');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('nothing is asked in CI', async () => {
    const { status, output } = await talk([], { env: { CI: 'true' } });
    expect(status).toBe(2);
    expect(output).toContain('Expected the name of the project.');
  });
});
