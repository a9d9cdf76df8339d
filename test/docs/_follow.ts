import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { type Exchanges, ROOT, type Step, stepsOf } from './_pages.ts';

const REGISTER = path.join(ROOT, 'dist/worker/descendants/preload.cjs');
const run = promisify(execFile);

/**
 * Follows pages as a reader does: into a new site go the files that a step shows, and those of the steps before it.
 * All sites are type-checked, each application is loaded, and the requests and tests on the page are made.
 *
 * @param env For sites that need a server, by when they run.
 */
export function followPages(pages: readonly string[], env: () => Record<string, string> = () => ({})): void {
  const steps = pages.flatMap(stepsOf).filter(({ files }) => Object.keys(files).length > 0);
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

  describe.concurrent.each(steps)('$name', (step) => {
    test.each(step.exchanges.map((exchanges, index) => [index + 1, exchanges] as const))(
      'answers as the page says (%i)',
      async (_index, exchanges) => {
        expect(await ask(siteOf(step), exchanges, env())).toEqual(exchanges.list.map(expectation));
      },
    );

    test.each(step.tests)('%s passes', async (file) => {
      await run(process.execPath, ['--import', REGISTER, file], {
        cwd: siteOf(step),
        env: environment(env()),
      });
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
  try {
    await run(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', project], { cwd: project });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

async function ask(cwd: string, exchanges: Exchanges, more: Record<string, string>): Promise<unknown> {
  const driver = path.join(ROOT, 'test/docs/_ask.ts');
  const args = ['--import', REGISTER, driver, JSON.stringify(exchanges)];
  const env = environment({ ...more, DJANGO_SETTINGS_MODULE: exchanges.settings });
  const { stdout } = await run(process.execPath, args, { cwd, env });
  const answers = JSON.parse(stdout.trim().split('\n').at(-1)!) as { text: string }[];
  return answers;
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
