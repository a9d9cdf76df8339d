import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { type Exchanges, ROOT, type Step, stepsOf } from './_pages.ts';

const REGISTER = path.join(ROOT, 'dist/worker/descendants/preload.cjs');

/** Runs a program of Node's. @throws what it has printed, where it fails. */
async function run(args: readonly string[], cwd: string, more: Record<string, string> = {}): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, args, { cwd, env: environment(more) })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(stdout + stderr, { cause: error });
  }
}

interface FollowOptions {
  /** Variables for sites that share a server, and are asked one after the other. */
  readonly server?: () => Record<string, string>;
  /** Names of steps that other tests take. */
  readonly without?: readonly string[];
}

/**
 * Follows pages as a reader does: into a new site go the files that a step shows, and those of the steps before it.
 * All sites are type-checked, each application is loaded, and the requests and tests on the page are made.
 *
 */
export function followPages(pages: readonly string[], { server, without = [] }: FollowOptions = {}): void {
  const steps = pages
    .flatMap(stepsOf)
    .filter(({ name, files }) => Object.keys(files).length > 0 && !without.includes(name));
  const env = server ?? (() => ({}));
  const ends: (() => void)[] = [];
  let folder = '';
  const siteOf = (step: Step) => path.join(folder, step.name.replace(/[^\w]+/g, '-'));

  beforeAll(() => {
    folder = temporaryFolder({}, (end) => ends.push(end as () => void));
    const startproject = path.join(ROOT, 'bin/startproject.js');
    execFileSync(process.execPath, [startproject, 'mysite', '.new'], { cwd: folder, env: environment() });
    provideModules(folder);
    for (const step of steps) {
      cpSync(path.join(folder, '.new'), siteOf(step), { recursive: true });
      writeFiles(siteOf(step), step.files);
    }
  });
  afterAll(() => {
    for (const end of ends) end();
  });

  test('each block of code says which file it is', () => {
    expect(pages.flatMap(stepsOf).flatMap(({ nameless }) => nameless)).toEqual([]);
  });

  test('all code is sound TypeScript', async () => {
    const own = steps.filter(({ files }) => 'tsconfig.json' in files).map(siteOf);
    const sites = steps.map(siteOf).filter((site) => !own.includes(site));
    const shared = {
      extends: path.join(folder, '.new/tsconfig.json'),
      compilerOptions: { typeRoots: [path.join(ROOT, 'node_modules/@types')] },
      include: sites.map((site) => `${site}/**/*.ts`),
    };
    writeFiles(folder, { 'tsconfig.json': JSON.stringify(shared) });
    const found = await Promise.all([folder, ...own].map(typeErrors));
    expect(found.join('').replaceAll(`${folder}/`, '')).toBe('');
  });

  describe.each(steps)('$name', { concurrent: !server }, (step) => {
    test.each(step.exchanges.map((exchanges, index) => [index + 1, exchanges] as const))(
      'answers as the page says (%i)',
      async (_index, exchanges) => {
        expect(await ask(siteOf(step), exchanges, env())).toEqual(exchanges.list.map(expectation));
      },
    );

    test.each(step.tests)('%s passes', async (file) => {
      await run(['--import', REGISTER, file], siteOf(step), env());
    });

    if (step.exchanges.length + step.tests.length > 0) return;
    test('loads', async () => {
      await ask(siteOf(step), { settings: 'mysite.settings', baseUrl: 'http://localhost/', list: [] }, env());
    });
  });
}

/** What a site finds above its folder: this package, and the packages that pages tell to install. */
function provideModules(folder: string): void {
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(ROOT, path.join(modules, 'startproject'), 'junction');
  for (const name of readdirSync(path.join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.'))
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name), 'junction');
  }
}

async function typeErrors(project: string): Promise<string> {
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const errors = run([tsc, '--noEmit', '--pretty', 'false', '-p', project], project);
  return errors.catch((error: Error) => error.message);
}

async function ask(cwd: string, exchanges: Exchanges, more: Record<string, string>): Promise<unknown> {
  const args = ['--import', REGISTER, path.join(ROOT, 'test/docs/_ask.ts'), JSON.stringify(exchanges)];
  const output = await run(args, cwd, { ...more, DJANGO_SETTINGS_MODULE: exchanges.settings });
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

function expectation({ status, expected, headers }: Exchanges['list'][number]) {
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  return { status, text: isRedirect ? expected : expect.stringContaining(expected), headers };
}

/** Without what the test runner has put into it. */
function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const foreign = /^(?:VITEST|NODE_ENV$|DJANGO_SETTINGS_MODULE$|npm_)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: '1', ...more };
}
