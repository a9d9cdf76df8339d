import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Files, temporaryFolder } from '../_temp-folder.ts';
import { Command, SITE } from './_runserver.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const TSCONFIG = `{ "compilerOptions": { "module": "nodenext", "target": "es2023", "strict": true, "types": ["node"],
  "allowImportingTsExtensions": true, "noEmit": true, "skipLibCheck": true } }`;

/** Installs what a site's types need, and a TypeScript, as `npm install` would. */
function install(root: string, typescript?: string): void {
  mkdirSync(path.join(root, 'node_modules/@types'), { recursive: true });
  const link = (from: string, to: string) => symlinkSync(path.join(CHECKOUT, from), path.join(root, to));
  link('', 'node_modules/startproject');
  link('node_modules/@types/node', 'node_modules/@types/node');
  if (typescript !== undefined) link(`node_modules/${typescript}`, 'node_modules/typescript');
}

async function check(files: Files, { typescript, args = [] }: { typescript?: string; args?: string[] } = {}) {
  const root = temporaryFolder({ ...SITE, ...files });
  install(root, typescript);
  const command = new Command('runserver.js', ['--check', ...args], { cwd: root });
  const { code } = await command.exit;
  return { code, output: command.output };
}

describe.each(['typescript', 'typescript-5'])('runserver --check, with %s', (typescript) => {
  test('ends with 0 for a site in which all is well', async () => {
    const { code, output } = await check({ 'tsconfig.json': TSCONFIG }, { typescript });
    expect([code, output]).toEqual([0, 'Checked: all is well.\n']);
  });

  test('ends with 1 for errors of types, each with its place', async () => {
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
  test('ends with 0 for warnings, and prints each', async () => {
    const urls = `import { path } from 'startproject/urls';
export const urlpatterns = [path('a/', () => new Response()), path('a/', () => new Response())];`;
    const { code, output } = await check({ 'mysite/urls.ts': urls });
    expect(output).toMatch(
      /^mysite\/urls\.ts:2:63 \(urls\.W101\) path\('a\/'\) is there twice.*\n {4}Hint: /m,
    );
    expect([code, output.split('\n').at(-2)]).toEqual([0, 'Checked: 0 errors, 1 warning.']);
  });

  test('ends with 1 for a site that does not load, and checks its types still', async () => {
    const files = { 'tsconfig.json': TSCONFIG, 'mysite/urls.ts': 'export const urlpatterns: number = [];' };
    const settings = { 'mysite/settings.ts': `${SITE['mysite/settings.ts']}export const APPEND_SLASH = 1;` };
    const { code, output } = await check({ ...files, ...settings }, { typescript: 'typescript' });
    expect(output).toContain('The APPEND_SLASH setting must be true or false, found 1.');
    expect(output).toContain('mysite/urls.ts:1:14 TS2322');
    expect([code, output.includes('Checked: 2 errors, 0 warnings.')]).toEqual([1, true]);
  });

  test('says what to do where TypeScript is not installed', async () => {
    const { code, output } = await check({ 'tsconfig.json': TSCONFIG });
    expect(output).toContain(
      'Types are not checked: the site has no TypeScript 5 or later.\n    Hint: Install',
    );
    expect([code, output.includes('Checked: 0 errors, 1 warning.')]).toEqual([0, true]);
  });

  test.each([
    ['ends its process', 'process.exit(0);', 'The site ended its process while it was loaded.'],
    ['waits for what never comes', 'await new Promise(() => {});', 'a module waits at its top level'],
    ['throws', "throw new Error('no');", 'mysite/wsgi.ts:1:7: loading failed: Error: no'],
  ])('ends with 1 for a site that %s as it loads', async (_, wsgi, text) => {
    const { code, output } = await check({ 'mysite/wsgi.ts': wsgi });
    expect(output).toContain(text);
    expect(code).toBe(1);
  });

  test('ends, whatever the site has begun', async () => {
    const timer = { 'mysite/wsgi.ts': `${SITE['mysite/wsgi.ts']}setInterval(() => {}, 1000);` };
    expect((await check(timer)).code).toBe(0);
  });

  test('and --skip-checks exclude each other', async () => {
    expect(await check({}, { args: ['--skip-checks'] })).toEqual({
      code: 2,
      output: 'Error: --check and --skip-checks exclude each other.\n',
    });
  });
});
