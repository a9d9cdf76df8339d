import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';
import { Command, descendants, get, isAlive, type RunningSite, runserver, SITE } from './_runserver.ts';

// A compiler that runs beside much else: TypeScript 5 takes 3 s of a core for a site, and one that watches has the lowest priority.
vi.setConfig({ testTimeout: 60_000 });

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const TSCONFIG = `{ "compilerOptions": { "module": "nodenext", "target": "es2023", "strict": true, "types": ["node"],
  "allowImportingTsExtensions": true, "noEmit": true, "skipLibCheck": true } }`;

/** The folder of packages of a site that has this TypeScript. */
function installed(typescript: string): string {
  const root = temporaryFolder();
  install(root, typescript);
  return path.join(root, 'node_modules');
}

/** Installs what a site's types need, and a TypeScript, as `npm install` would. */
function install(root: string, typescript?: string): void {
  mkdirSync(path.join(root, 'node_modules/@types'), { recursive: true });
  const link = (from: string, to: string) => symlinkSync(path.join(CHECKOUT, from), path.join(root, to));
  link('', 'node_modules/startproject');
  link('node_modules/@types/node', 'node_modules/@types/node');
  if (typescript !== undefined) link(`node_modules/${typescript}`, 'node_modules/typescript');
}

/** The processes of the compiler among those of a server: TypeScript 7 has two on some versions of Node. */
function compilersOf({ process: { pid } }: RunningSite): readonly number[] {
  return descendants(pid!).filter((child) => commandOf(child).includes('--preserveWatchOutput'));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It has ended.
  }
}

function nicenessOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}

/**
 * On a machine where much else runs, processes of the lowest priority come to nothing for minutes: the compiler of a site has the usual one
 * until the test ends.
 */
function hurry(site: RunningSite): void {
  const timer = setInterval(() => {
    try {
      for (const pid of compilersOf(site)) {
        writeFileSync(`/proc/${pid}/autogroup`, '0');
        for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), 0);
      }
    } catch {
      // It has ended; or only root may do that.
    }
  }, 200);
  onTestFinished(() => clearInterval(timer));
}

async function check(files: Files, { typescript, args = [] }: { typescript?: string; args?: string[] } = {}) {
  const root = temporaryFolder({ ...SITE, ...files });
  install(root, typescript);
  const command = new Command('runserver.js', ['--check', ...args], { cwd: root });
  const { code } = await command.exit;
  return { code, output: command.output };
}

describe.each(['typescript', 'typescript-5'])('runserver --check, with %s', (typescript) => {
  test('ends with 0 for a site without issues', async () => {
    const { code, output } = await check({ 'tsconfig.json': TSCONFIG }, { typescript });
    expect([code, output]).toEqual([0, 'Checked: no issues.\n']);
  });

  test('ends with 1 for type errors, each with its place', async () => {
    const wrong = { 'mysite/views.ts': "\nexport const year: number = '2024';\n" };
    const { code, output } = await check({ 'tsconfig.json': TSCONFIG, ...wrong }, { typescript });
    expect(code).toBe(1);
    expect(output).toContain(
      "mysite/views.ts:2:14 TS2322 Type 'string' is not assignable to type 'number'.\n",
    );
    expect(output).toContain('Checked: 1 error, 0 warnings.');
  });
});

describe('runserver --check', () => {
  test('ends with 0 for warnings, and prints each of them', async () => {
    const urls = `import { path } from 'startproject/urls';
export const urlpatterns = [path('a/', () => new Response()), path('a/', () => new Response())];`;
    const { code, output } = await check({ 'mysite/urls.ts': urls });
    expect(output).toMatch(
      /^mysite\/urls\.ts:2:63 \(urls\.W101\) path\('a\/'\) is defined twice.*\n {4}Hint: /m,
    );
    expect([code, output.split('\n').at(-2)]).toEqual([0, 'Checked: 0 errors, 1 warning.']);
  });

  test('ends with 1 for a site that does not load, and still checks its types', async () => {
    const files = { 'tsconfig.json': TSCONFIG, 'mysite/urls.ts': 'export const urlpatterns: number = [];' };
    const settings = { 'mysite/settings.ts': `${SITE['mysite/settings.ts']}export const APPEND_SLASH = 1;` };
    const { code, output } = await check({ ...files, ...settings }, { typescript: 'typescript' });
    expect(output).toContain('The APPEND_SLASH setting must be true or false, found 1.');
    expect(output).toContain('mysite/urls.ts:1:14 TS2322');
    expect([code, output.includes('Checked: 2 errors, 0 warnings.')]).toEqual([1, true]);
  });

  test('gives advice when TypeScript is not installed', async () => {
    const { code, output } = await check({ 'tsconfig.json': TSCONFIG });
    expect(output).toContain(
      'Types are not checked: the site has no TypeScript 5 or later.\n    Hint: Install',
    );
    expect([code, output.includes('Checked: 0 errors, 1 warning.')]).toEqual([0, true]);
  });

  test.each([
    ['ends its process', 'process.exit(0);', 'The site ended its process while it was loaded.'],
    [
      'waits for something that never happens',
      'await new Promise(() => {});',
      'a module waits at its top level',
    ],
    [
      'has an error that nothing catches',
      'setImmediate(() => null.x); await new Promise((resolve) => setTimeout(resolve, 10));',
      'mysite/wsgi.ts:1:25: TypeError: ',
    ],
    ['throws', "throw new Error('no');", 'mysite/wsgi.ts:1:7: loading failed: Error: no'],
  ])('ends with 1 for a site that %s while it loads', async (_, wsgi, text) => {
    const { code, output } = await check({ 'mysite/wsgi.ts': wsgi });
    expect(output).toContain(text);
    expect(code).toBe(1);
  });

  test('ends also when the site has started timers, servers or processes', async () => {
    const timer = { 'mysite/wsgi.ts': `${SITE['mysite/wsgi.ts']}setInterval(() => {}, 1000);` };
    expect((await check(timer)).code).toBe(0);
  });

  test('and --skip-checks cannot be combined', async () => {
    expect(await check({}, { args: ['--skip-checks'] })).toEqual({
      code: 2,
      output: 'Error: --check and --skip-checks exclude each other.\n',
    });
  });
});

const DOUBLE = `import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('home')), path('', () => new Response('other'))];
`;

describe('runserver', () => {
  test('prints each finding once after the start and after reloads, and a line when no finding is left', async () => {
    const site = await runserver({ 'mysite/urls.ts': DOUBLE });
    await site.saw(/^mysite\/urls\.ts:2:67 \(urls\.W101\) path\(''\) is defined twice/m);
    const settings = SITE['mysite/settings.ts'];
    writeFiles(site.root, {
      'mysite/urls.ts': `// moved\n${DOUBLE}`,
      'mysite/settings.ts': `${settings}export const ALLOWED_HOST = [];\n`,
    });
    await site.saw(/\(settings\.W001\) ALLOWED_HOST is not a setting: did you mean ALLOWED_HOSTS\?/);
    writeFiles(site.root, { 'mysite/urls.ts': SITE['mysite/urls.ts']!, 'mysite/settings.ts': settings! });
    await site.saw(/^Settings, URLs and middleware: no issues\.$/m);
    expect(site.output.match(/urls\.W101/g)).toHaveLength(1);
  });

  test('checks with --noreload too', async () => {
    const site = await runserver({ 'mysite/urls.ts': DOUBLE }, ['--noreload']);
    await site.saw(/\(urls\.W101\)/);
  });

  test('checks nothing with --skip-checks', async () => {
    const files = { 'mysite/urls.ts': DOUBLE, 'tsconfig.json': TSCONFIG };
    const [checking, skipping] = await Promise.all([
      runserver(files, [], {}, installed('typescript-5')),
      runserver(files, ['--skip-checks'], {}, installed('typescript-5')),
    ]);
    await checking.saw(/\(urls\.W101\)/);
    await expect.poll(() => compilersOf(checking)).not.toEqual([]);
    expect(compilersOf(skipping)).toEqual([]);
    expect(skipping.output).not.toContain('urls.W101');
  });

  test.each(['typescript', 'typescript-5'])('checks types while it serves, with %s', async (typescript) => {
    const wrong = "export const year: number = '2024';\n";
    const folder = { 'tsconfig.json': TSCONFIG, 'mysite/views.ts': wrong };
    const site = await runserver(folder, [], {}, installed(typescript));
    await expect.poll(() => compilersOf(site)).not.toEqual([]);
    const [compiler] = compilersOf(site) as [number];
    await expect.poll(() => nicenessOf(compiler)).toBe(19);
    hurry(site);
    await site.saw(/^mysite\/views\.ts:1:14 TS2322 Type 'string' is not assignable to type 'number'\.$/m);
    expect((await get(site.url)).status).toBe(200);
    writeFiles(site.root, { 'mysite/views.ts': `// moved\n${wrong}export const month: string = 1;\n` });
    writeFiles(site.root, { 'mysite/urls.ts': `${SITE['mysite/urls.ts']}// edited` }); // for a compiler that sees no changes
    await site.saw(/^mysite\/views\.ts:3:14 TS2322/m);
    writeFiles(site.root, {
      'mysite/views.ts': 'export const year = 2024;\n',
      'mysite/urls.ts': SITE['mysite/urls.ts']!,
    });
    await site.saw(/^Types: no errors\.$/m);
    expect(site.output.match(/views\.ts:\d+:14 TS2322/g)).toHaveLength(2);
    await site.stop();
    await expect.poll(() => isAlive(compiler)).toBe(false);
  });

  test('ends the compiler even when runserver is killed', async () => {
    const site = await runserver({ 'tsconfig.json': TSCONFIG }, [], {}, installed('typescript-5'));
    await expect.poll(() => compilersOf(site)).not.toEqual([]);
    const [compiler] = compilersOf(site) as [number];
    await site.stop('SIGKILL');
    await expect.poll(() => isAlive(compiler)).toBe(false);
  });
});

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGE = `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1></main></html>`;
const POLICY =
  "default-src 'none'; script-src 'nonce-abc'; connect-src 'self'; require-trusted-types-for 'script'";

describeWith(CHROMIUM, (executablePath) => {
  test('a page under a strict policy shows the number of type errors and their list', async () => {
    const site = await runserver(
      {
        'tsconfig.json': TSCONFIG,
        'mysite/views.ts': `export const year: number = '<b>2024</b>';\nexport const month: string = 1;\n`,
        'mysite/urls.ts': `import { path } from 'startproject/urls';
const headers = { 'content-type': 'text/html', 'content-security-policy': ${JSON.stringify(POLICY)} };
export const urlpatterns = [path('', () => new Response(${JSON.stringify(PAGE)}, { headers }))];`,
      },
      [],
      { LAUNCH_EDITOR: '/nowhere/code' },
      installed('typescript'),
    );
    await site.saw(/Development server/);
    hurry(site);
    const browser = await launchChromium(executablePath);
    onTestFinished(() => browser.close());
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 360, height: 640 } });
      const mistakes: string[] = [];
      page.on('console', (message) => message.type() === 'error' && mistakes.push(message.text()));
      await page.goto(site.url);
      const counter = page.getByText('2 type errors');
      await counter.waitFor();
      await counter.click();
      expect(await page.getByRole('listitem').allTextContents()).toEqual([
        "mysite/views.ts:1:14 TS2322 Type 'string' is not assignable to type 'number'.",
        "mysite/views.ts:2:14 TS2322 Type 'number' is not assignable to type 'string'.",
      ]);
      await page.getByRole('button', { name: 'mysite/views.ts:2:14' }).click();
      await site.saw(/\/nowhere\/code does not start/);
      const box = (await page.getByRole('complementary', { name: 'Type errors' }).boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(360);
      // The editor that is not there is a 503.
      expect(mistakes.filter((text) => !/favicon|503/.test(text))).toEqual([]);
      const results = (await page.evaluate(`${AXE};axe.run(document)`)) as AxeResults;
      expect(results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      if (colorScheme === 'light') continue;
      writeFiles(site.root, { 'mysite/views.ts': 'export {};', 'mysite/urls.ts': SITE['mysite/urls.ts']! });
      await site.saw(/^Types: no errors\.$/m);
      await counter.waitFor({ state: 'detached' });
    }
  });
});
