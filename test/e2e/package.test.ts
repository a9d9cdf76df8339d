import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { treeOf } from '../scaffold/_tree.ts';
import { type Outcome, Program, run } from './_program.ts';
import { answering, descendants, get } from './_runserver.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const NETWORK_TIMEOUT_MS = 120_000;

/** One tarball and one installation of it for all tests: they only read them, but for the site's `wsgi.ts`. */
let folder: string;
let tarball: string;
let installation: Outcome;
let scaffolding: Outcome;
let siteInstallation: Outcome;
let site: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'startproject-test-')));
  const packed = await run(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
    CHECKOUT,
  );
  tarball = path.join(folder, packed.stdout.trim());
  const home = path.join(folder, 'home');
  mkdirSync(home);
  // The prefix keeps npm here, should there be a node_modules further up.
  installation = await run('npm', ['install', '--prefix', home, tarball], home);
  scaffolding = await run('npx', ['startproject', 'mysite'], home);
  site = path.join(home, 'mysite');
  siteInstallation = await run('npm', ['install'], site);
}, NETWORK_TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What npm warns of, but for the configuration that it finds on this machine. */
function warnings({ stderr }: Outcome): string[] {
  return stderr.split('\n').filter((line) => /^npm (warn|error)/.test(line) && !/ config /.test(line));
}

async function serve(file: string, args: readonly string[], cwd: string) {
  const program = new Program(file, args, cwd);
  const [, url] = await program.saw(/Development server at (\S+)/);
  return { program, url: url! };
}

describe('the tarball', () => {
  let unpacked: string;
  let files: string[];

  beforeAll(async () => {
    await run('tar', ['-xzf', tarball], folder);
    unpacked = path.join(folder, 'package');
    files = treeOf(unpacked).filter((name) => statSync(path.join(unpacked, name)).isFile());
  });

  test('contains the files that its users need, and nothing else', () => {
    const entries = ['LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json', 'templates'];
    expect(readdirSync(unpacked).sort()).toEqual(entries);
  });

  test('contains compiled code without sources, tests or source maps', () => {
    const code = files.filter((name) => !name.startsWith('templates/'));
    expect(code.filter((name) => /(?<!\.d)\.[cm]?ts$|\.map$|\.test\./.test(name))).toEqual([]);
  });

  test('calls import() only in a file that Node itself loads, since code from the code cache cannot', () => {
    const importing = files
      .filter((name) => name.endsWith('.cjs') && !name.includes('/edge/'))
      .filter((name) => {
        const code = readFileSync(path.join(unpacked, name), 'utf8');
        return /(?:return|await|=>|[=(,]) ?import\(/.test(
          code.replace(/^\s*(?:\*|\/\/|\/\*|hint:).*$/gm, ''),
        );
      });
    expect(importing).toEqual(['dist/loader/start.cjs']);
  });

  test('contains nothing twice', () => {
    const digests = files.map((name) =>
      createHash('sha256')
        .update(readFileSync(path.join(unpacked, name)))
        .digest('hex'),
    );
    expect(new Set(digests).size).toBe(files.length);
  });

  test('is small', () => {
    expect(statSync(tarball).size).toBeLessThan(700_000);
  });
});

describe('installed from the tarball', () => {
  test('npm installs it without a warning', () => {
    expect([installation.status, warnings(installation)]).toEqual([0, []]);
  });

  test('`npx startproject` makes a site that depends on the tarball', () => {
    expect(scaffolding.status).toBe(0);
    const { dependencies } = JSON.parse(readFileSync(path.join(site, 'package.json'), 'utf8'));
    expect(dependencies).toEqual({ startproject: `file:../../${path.basename(tarball)}` });
  });

  test('npm installs the site without a warning', () => {
    expect([siteInstallation.status, warnings(siteInstallation)]).toEqual([0, []]);
  });

  test('the types of the site check', async () => {
    expect(await run('npx', ['tsc', '--noEmit'], site)).toMatchObject({ status: 0, stdout: '' });
  });

  test('`npx runserver` serves the welcome page', async () => {
    const { url } = await serve('npx', ['runserver', '0'], site);
    const page = await get(url);
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Ready for')]);
  });

  test('`npx runserver` runs the package that the site has installed', async () => {
    const { program, url } = await serve('npx', ['runserver', '0'], site);
    await get(url);
    const workers = descendants(program.process.pid!)
      .flatMap((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))
      .filter((argument) => argument.includes('/worker/'));
    expect(new Set(workers.map((script) => script.split('/dist/')[0]))).toEqual(
      new Set([path.join(site, 'node_modules/startproject')]),
    );
  });

  test('an edit of wsgi.ts is visible at the next request', async () => {
    const { url } = await serve('npx', ['runserver', '0'], site);
    const wsgi = path.join(site, 'mysite/wsgi.ts');
    const original = readFileSync(wsgi, 'utf8');
    try {
      await get(url);
      writeFiles(site, { 'mysite/wsgi.ts': answering('edited') });
      expect((await get(url)).body).toBe('edited');
    } finally {
      writeFiles(site, { 'mysite/wsgi.ts': original });
    }
  });

  test('a site without installed packages is served too', async () => {
    const bin = path.join(folder, 'home/node_modules/.bin');
    const elsewhere = temporaryFolder();
    await run(path.join(bin, 'startproject'), ['mysite'], elsewhere);
    const { url } = await serve(path.join(bin, 'runserver'), ['0'], path.join(elsewhere, 'mysite'));
    const page = await get(url);
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Ready for')]);
  });
});

describe('used from a checkout', () => {
  test('a site installs without a warning and runs', { timeout: NETWORK_TIMEOUT_MS }, async () => {
    const root = temporaryFolder();
    await run(process.execPath, [path.join(CHECKOUT, 'bin/startproject.js'), 'mysite'], root);
    const mysite = path.join(root, 'mysite');
    const installed = await run('npm', ['install'], mysite);
    expect([installed.status, warnings(installed)]).toEqual([0, []]);
    const { url } = await serve('npx', ['runserver', '0'], mysite);
    expect((await get(url)).body).toContain('Ready for');
  });
});
