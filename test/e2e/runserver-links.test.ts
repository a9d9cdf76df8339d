import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { answering, get, type RunningSite, runserver, sharedRunserver } from './_runserver.ts';

async function body(site: RunningSite): Promise<string> {
  return (await get(site.url)).body;
}

const READING = "import { existsSync, readFileSync } from 'node:fs';";

/** A `wsgi.ts` that answers with what a piece of code gives, evaluated as the module loads. */
function answeringWith(imports: string, expression: string): string {
  return `${imports}\nconst text = String(${expression});\n${answering('').replace('""', 'text')}`;
}

/** Has a link lead elsewhere in one step, as deployments do it. */
function point(link: string, target: string): void {
  symlinkSync(target, `${link}.new`);
  renameSync(`${link}.new`, link);
}

/** How changes are noticed. */
const WAYS: [how: string, args: string[]][] = [
  ['by events', []],
  ['by polling', ['--poll', '100']],
];

const TEXTS: Files = { 'a/text.ts': "export const text = 'a';", 'b/text.ts': "export const text = 'b';" };

describe.each(WAYS)('a changed target of a symbolic link causes a reload, %s:', (_how, args) => {
  const serve = sharedRunserver(args);

  /** A site with a link, which is made before the site is served. */
  async function linked(link: string, target: string, files: Files) {
    const outside = temporaryFolder(files);
    point(path.join(outside, 'link'), target);
    const site = await serve({ 'mysite/wsgi.ts': answering('not yet') });
    return { site, outside, point: (to: string) => point(path.join(outside, link), to) };
  }

  test('for an imported file', async () => {
    const { site, outside, point } = await linked('link', 'a/text.ts', TEXTS);
    symlinkSync(path.join(outside, 'link'), path.join(site.root, 'mysite/text.ts'));
    writeFiles(site.root, { 'mysite/wsgi.ts': answeringWith("import { text as t } from './text.ts';", 't') });
    expect(await body(site)).toBe('a');
    point('b/text.ts');
    expect(await body(site)).toBe('b');
    writeFiles(outside, { 'b/text.ts': "export const text = 'edited';" });
    expect(await body(site)).toBe('edited');
  });

  test('for a folder with an imported file', async () => {
    const { site, outside, point } = await linked('link', 'a', TEXTS);
    symlinkSync(path.join(outside, 'link'), path.join(site.root, 'lib'));
    writeFiles(site.root, {
      'mysite/wsgi.ts': answeringWith("import { text as t } from '../lib/text.ts';", 't'),
    });
    expect(await body(site)).toBe('a');
    point('b');
    expect(await body(site)).toBe('b');
    writeFiles(outside, { 'b/text.ts': "export const text = 'edited';" });
    expect(await body(site)).toBe('edited');
  });

  test('for .env', async () => {
    const { site, outside, point } = await linked('link', 'a', { a: 'A', b: 'B' });
    symlinkSync(path.join(outside, 'link'), path.join(site.root, '.env'));
    writeFiles(site.root, { 'mysite/wsgi.ts': answeringWith(READING, "readFileSync('.env', 'utf8')") });
    expect(await body(site)).toBe('A');
    point('b');
    expect(await body(site)).toBe('B');
    writeFiles(outside, { b: 'edited' });
    expect(await body(site)).toBe('edited');
  });

  test('for a link in a folder of templates', async () => {
    const { site, outside, point } = await linked('link', 'a', { 'a/x.html': 'a', 'b/x.html': 'b' });
    writeFiles(site.root, {
      'templates/y.html': '',
      'mysite/wsgi.ts': answeringWith(
        READING,
        "existsSync('templates/in/x.html') && readFileSync('templates/in/x.html', 'utf8')",
      ),
    });
    expect(await body(site)).toBe('false');
    symlinkSync(path.join(outside, 'link'), path.join(site.root, 'templates/in'));
    expect(await body(site)).toBe('a');
    point('b');
    expect(await body(site)).toBe('b');
    writeFiles(outside, { 'b/x.html': 'edited' });
    expect(await body(site)).toBe('edited');
  });

  test('for a folder of --watch', async () => {
    const outside = temporaryFolder({ 'a/x.txt': 'a', 'b/x.txt': 'b' });
    const link = path.join(outside, 'link');
    point(link, 'a');
    const read = `readFileSync(${JSON.stringify(path.join(link, 'x.txt'))}, 'utf8')`;
    const site = await runserver({ 'mysite/wsgi.ts': answeringWith(READING, read) }, [
      ...args,
      '--watch',
      link,
    ]);
    expect(await body(site)).toBe('a');
    point(link, 'b');
    expect(await body(site)).toBe('b');
    writeFiles(outside, { 'b/x.txt': 'edited' });
    expect(await body(site)).toBe('edited');
  });

  test('for a linked package', async () => {
    const outside = temporaryFolder({
      'a/package.json': '{ "name": "ui", "type": "module", "exports": "./index.ts" }',
      'a/index.ts': "export const text = 'a';",
      'b/package.json': '{ "name": "ui", "type": "module", "exports": "./index.ts" }',
      'b/index.ts': "export const text = 'b';",
    });
    const site = await serve({ 'node_modules/.keep': '' });
    symlinkSync(path.join(outside, 'a'), path.join(site.root, 'node_modules/ui'));
    writeFiles(site.root, { 'mysite/wsgi.ts': answeringWith("import { text as t } from 'ui';", 't') });
    expect(await body(site)).toBe('a');
    point(path.join(site.root, 'node_modules/ui'), path.join(outside, 'b'));
    expect(await body(site)).toBe('b');
  });
});

describe.each(WAYS)('no answer is stale when, %s:', (_how, args) => {
  const serve = sharedRunserver(args);

  test('a file is created that takes precedence', async () => {
    const text = (name: string) => `export const ${name} = import.meta.filename.replace(/.*mysite/, '');`;
    const site = await serve({
      'mysite/m/index.ts': text('m'),
      'mysite/j.js': text('j'),
      'mysite/wsgi.ts': answeringWith("import { m } from './m';\nimport { j } from './j.js';", '[m, j]'),
    });
    expect(await body(site)).toBe('/m/index.ts,/j.js');
    writeFiles(site.root, { 'mysite/m.ts': text('m') });
    expect(await body(site)).toBe('/m.ts,/j.js');
    writeFiles(site.root, { 'mysite/j.ts': text('j') });
    expect(await body(site)).toBe('/m.ts,/j.ts');
  });

  test('a template that is not UTF-8 changes by one byte', async () => {
    const site = await serve({
      'mysite/wsgi.ts': answeringWith(READING, "readFileSync('templates/a.txt', 'hex')"),
      'templates/.keep': '',
    });
    const file = path.join(site.root, 'templates/a.txt');
    writeFileSync(file, Buffer.from([0x67, 0xfc, 0x6e]));
    await expect.poll(() => body(site)).toBe('67fc6e');
    writeFileSync(file, Buffer.from([0x67, 0xfd, 0x6e]));
    expect(await body(site)).toBe('67fd6e');
  });

  test('a missing target of an alias is created', async () => {
    const site = await serve({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./mysite/*"] } } }',
      'package.json': `{ "type": "module", "startproject": { "settings": "mysite.settings" },
          "imports": { "#more/*": "./more/*" } }`,
      'mysite/wsgi.ts': answeringWith(
        "import { text as t } from '@/later.ts';\nimport { text as u } from '#more/too.ts';",
        't + u',
      ),
    });
    const missing = await body(site);
    expect(missing).toContain('no such file mysite/later.ts');
    expect(missing).not.toContain('npm install');
    writeFiles(site.root, { 'mysite/later.ts': "export const text = 'there';" });
    expect(await body(site)).toContain('no such file more/too.ts');
    writeFiles(site.root, { 'more/too.ts': "export const text = ', too';" });
    expect(await body(site)).toBe('there, too');
  });
});
