import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import {
  AT_REST,
  answering,
  Command,
  descendants,
  get,
  type RunningSite,
  runserver,
  SITE,
  sharedRunserver,
} from './_runserver.ts';

async function body(site: RunningSite): Promise<string> {
  return (await get(site.url)).body;
}

/** A `wsgi.ts` that answers with what a piece of code gives, evaluated as the module loads. */
function answeringWith(imports: string, expression: string): string {
  return `${imports}
const text = String(${expression});
${answering('').replace('""', 'text')}`;
}

/** Waits until all is there that was said before: lines of the log may come a moment after the response. */
async function allWasSaid(site: RunningSite): Promise<void> {
  await get(new URL('/last', site.url));
  await site.saw(/"GET \/last /);
}

/** How often the site was loaded since it was served first. */
function reloads(site: RunningSite): number {
  return site.output.match(/reloaded in/g)?.length ?? 0;
}

const serve = sharedRunserver();

/** How changes are noticed. */
const WAYS: [how: string, serve: (files?: Files) => Promise<RunningSite>][] = [
  ['by events', serve],
  ['by polling', sharedRunserver(['--poll', '100'])],
];

const READING = "import { existsSync, readFileSync, readdirSync } from 'node:fs';";

describe('a change is noticed, besides the modules, in', () => {
  test.each(WAYS)('.env and similar files, which are named in the log, %s', async (_how, serve) => {
    const site = await serve({
      'mysite/wsgi.ts': answeringWith(READING, "readFileSync('.env', 'utf8')"),
      '.env': 'A=1',
    });
    expect(await body(site)).toBe('A=1');
    writeFiles(site.root, { '.env': 'A=2' });
    expect(await body(site)).toBe('A=2');
    await site.saw(/^\.env changed, reloaded in \d+ ms$/m);
    writeFiles(site.root, { '.env.local': 'B=1' });
    await site.saw(/^\.env\.local changed, reloaded in \d+ ms$/m);
    rmSync(path.join(site.root, '.env.local'));
    await site.saw(/\.env\.local changed[\s\S]*\.env\.local changed, reloaded/);
  });

  test('package.json, which is named in the log', async () => {
    const site = await serve();
    expect(await body(site)).toBe('home 1');
    writeFiles(site.root, { 'package.json': SITE['package.json']!.replace('{', '{ "version": "2.0.0",') });
    await site.saw(/^package\.json changed, reloaded in \d+ ms$/m);
  });

  test('tsconfig.json and the files that it extends, with new targets of paths at once', async () => {
    const paths = (folder: string) =>
      JSON.stringify({ compilerOptions: { paths: { '#text': [`./${folder}/text.ts`] } } });
    const site = await serve({
      'tsconfig.json': '{ "extends": "./base.json" }',
      'base.json': paths('one'),
      'one/text.ts': 'export const text = "one";',
      'two/text.ts': 'export const text = "two";',
      'mysite/wsgi.ts': answeringWith("import { text as found } from '#text';", 'found'),
    });
    expect(await body(site)).toBe('one');
    writeFiles(site.root, { 'base.json': paths('two') });
    expect(await body(site)).toBe('two');
    await site.saw(/^base\.json changed, reloaded in \d+ ms$/m);
    writeFiles(site.root, { 'tsconfig.json': paths('one') });
    expect(await body(site)).toBe('one');
    await site.saw(/^tsconfig\.json changed, reloaded in \d+ ms$/m);
  });

  test('templates of the project and of its package, also in a folder that is created later', async () => {
    const list =
      "['templates', 'mysite/templates'].flatMap((folder) => existsSync(folder) ? readdirSync(folder) : [])";
    const site = await serve({ 'mysite/wsgi.ts': answeringWith(READING, list), 'templates/a.html': '' });
    expect(await body(site)).toBe('a.html');
    writeFiles(site.root, { 'mysite/templates/b.html': 'b' });
    expect(await body(site)).toBe('a.html,b.html');
    renameSync(path.join(site.root, 'templates/a.html'), path.join(site.root, 'templates/c.html'));
    expect(await body(site)).toBe('c.html,b.html');
  });

  test('the settings, also when they are deleted and restored', async () => {
    const site = await serve();
    expect(await body(site)).toBe('home 1');
    const file = path.join(site.root, 'mysite/settings.ts');
    rmSync(file);
    expect(await body(site)).toMatch(/There is no module 'mysite\.settings'/);
    writeFiles(site.root, { 'mysite/settings.ts': SITE['mysite/settings.ts']! });
    expect(await body(site)).toBe('home 1');
    await allWasSaid(site);
    expect(site.output.match(/There is no module 'mysite\.settings'/g)).toHaveLength(1);
  });
});

describe('--watch and --ignore', () => {
  test('are in the help, with their defaults', async () => {
    const help = new Command('runserver.js', ['--help'], { cwd: temporaryFolder() });
    await help.exit;
    const text = help.output.replace(/\s+/g, ' ');
    expect(text).toMatch(/--watch <path> reload also when .* repeatable \(\.env\*, templates\)/);
    expect(text).toMatch(/--ignore <glob> do not reload when .* repeatable \(none\)/);
    expect(text).toMatch(/--poll \[ms\] .*\(300\)/);
  });

  test('make an outside file and folder cause a reload, and ignored files cause none', async () => {
    const other = temporaryFolder({ 'words/hello.txt': 'hello', 'single.txt': '1', 'unnamed.txt': '1' });
    const words = path.join(other, 'words/hello.txt');
    const site = await runserver(
      { 'mysite/wsgi.ts': answeringWith(READING, `readFileSync(${JSON.stringify(words)})`) },
      ['--watch', path.join(other, 'words'), '--watch', path.join(other, 'single.txt')],
    );
    expect(await body(site)).toBe('hello');
    writeFiles(other, { 'words/dist/built.txt': 'x', 'words/node_modules/a.txt': 'x', 'unnamed.txt': '2' });
    writeFiles(other, { 'words/hello.txt': 'goodbye' });
    expect(await body(site)).toBe('goodbye');
    await site.saw(/words\/hello\.txt changed, reloaded/);
    writeFiles(other, { 'single.txt': '2' });
    await site.saw(/single\.txt changed, reloaded/);
    expect(reloads(site)).toBe(2);
  });

  test('accept a path relative to the working directory that does not exist yet', async () => {
    const site = await runserver(
      { 'mysite/wsgi.ts': answeringWith(READING, "existsSync('data/now.json')") },
      ['--watch', 'data/now.json'],
    );
    await site.saw(/--watch: \S+\/data\/now\.json does not exist yet\. The site reloads when it appears\./);
    expect(await body(site)).toBe('false');
    writeFiles(site.root, { 'data/now.json': '{}' });
    expect(await body(site)).toBe('true');
  });

  test('make ignored files cause no reload themselves, but the next reload reads them', async () => {
    const site = await runserver(
      {
        'mysite/wsgi.ts': answeringWith(
          "import { a } from './a.gen.ts'; import { b } from './b.ts';",
          'a + b',
        ),
        'mysite/a.gen.ts': 'export const a = "a1 ";',
        'mysite/b.ts': 'export const b = "b1";',
        'templates/a.gen.html': '',
      },
      ['--ignore', '*.gen.*'],
    );
    expect(await body(site)).toBe('a1 b1');
    writeFiles(site.root, { 'mysite/a.gen.ts': 'export const a = "a2 ";', 'templates/a.gen.html': 'x' });
    expect(await body(site)).toBe('a1 b1');
    writeFiles(site.root, { 'mysite/b.ts': 'export const b = "b2";' });
    expect(await body(site)).toBe('a2 b2');
    await site.saw(/mysite\/b\.ts changed, reloaded/);
    expect(reloads(site)).toBe(1);
  });
});

describe('a dependency in node_modules', () => {
  /** A package and one that it needs, the first an ES module, the second CommonJS. */
  function installed(version: string): Files {
    return {
      'node_modules/outer/package.json': JSON.stringify({
        name: 'outer',
        version,
        type: 'module',
        exports: './index.js',
      }),
      'node_modules/outer/index.js': `import inner from 'inner'; export const text = 'outer ${version}, ' + inner;`,
      ...installedInner(version),
    };
  }
  function installedInner(version: string): Files {
    return {
      'node_modules/inner/package.json': JSON.stringify({ name: 'inner', version }),
      'node_modules/inner/index.js': `module.exports = 'inner ${version}';`,
      'node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/inner': { version } } }),
    };
  }
  const USING = { 'mysite/wsgi.ts': answeringWith("import { text as found } from 'outer';", 'found') };

  test.each(WAYS)('that is updated is noticed and reported, %s', async (_how, serve) => {
    const site = await serve({ ...USING, ...installed('1') });
    expect(await body(site)).toBe('outer 1, inner 1');
    for (const version of ['2', '3']) {
      // As npm does: the old one is moved out of the way, the new one is written, the record comes last.
      renameSync(path.join(site.root, 'node_modules/outer'), path.join(site.root, 'node_modules/.outer-x'));
      writeFiles(site.root, installed(version));
      rmSync(path.join(site.root, 'node_modules/.outer-x'), { recursive: true });
      expect(await body(site)).toBe(`outer ${version}, inner ${version}`);
    }
    await site.saw(/^node_modules\/outer\/package\.json and 1 more changed, reloaded in \d+ ms$/m);
  });

  test('of another package only is noticed too', async () => {
    const site = await serve({ ...USING, ...installed('1') });
    expect(await body(site)).toBe('outer 1, inner 1');
    writeFiles(site.root, installedInner('2'));
    expect(await body(site)).toBe('outer 1, inner 2');
    await site.saw(/^node_modules\/\.package-lock\.json changed, reloaded in \d+ ms$/m);
  });

  test('can be removed and restored with all of node_modules', async () => {
    const site = await serve({ ...USING, ...installed('1') });
    expect(await body(site)).toBe('outer 1, inner 1');
    // At once, since the worker may be writing its cache there.
    renameSync(path.join(site.root, 'node_modules'), path.join(site.root, 'removed'));
    writeFiles(site.root, installed('2'));
    expect(await body(site)).toBe('outer 2, inner 2');
  });

  test('that was missing is found when it is installed', async () => {
    const site = await runserver(USING);
    expect(await body(site)).toMatch(/Cannot find package 'outer'/);
    writeFiles(site.root, installed('1'));
    expect(await body(site)).toBe('outer 1, inner 1');
  });

  test('is not mixed with an edit at the same moment', async () => {
    const site = await serve({ ...USING, ...installed('1') });
    expect(await body(site)).toBe('outer 1, inner 1');
    writeFiles(site.root, {
      ...installed('2'),
      'mysite/wsgi.ts': answeringWith("import { text as found } from 'outer';", '"edited " + found'),
    });
    expect(await body(site)).toBe('edited outer 2, inner 2');
  });
});

describe('files that change in unusual ways', () => {
  test('a file that is written in two halves recovers by itself, with at most one error report', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('whole 1') });
    expect(await body(site)).toBe('whole 1');
    const file = path.join(site.root, 'mysite/wsgi.ts');
    // The first half is the same in both. Had it to be written, the file would be empty until then: see the next test.
    truncateSync(file, 60);
    const between = await get(site.url);
    appendFileSync(file, answering('whole 2').slice(60));
    expect(between.status).toBe(500);
    expect(await body(site)).toBe('whole 2');
    await allWasSaid(site);
    expect(site.output.match(/^Error:/gm)).toHaveLength(1);
  });

  test('a file that is emptied first is never answered by its empty content', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('whole 1') });
    expect(await body(site)).toBe('whole 1');
    const file = path.join(site.root, 'mysite/wsgi.ts');
    // A file may stay empty for 40 ms. Where this process got no processor for so long, the attempt does not count.
    for (let n = 2, emptyForMs = Number.POSITIVE_INFINITY; emptyForMs > 30; n++) {
      const since = performance.now();
      truncateSync(file, 0);
      const answer = body(site);
      await delay(5);
      writeFileSync(file, answering(`whole ${n}`));
      emptyForMs = performance.now() - since;
      const text = await answer;
      if (emptyForMs <= 30) expect(text).toBe(`whole ${n}`);
    }
  });

  test('a checkout of 300 files with git is one reload', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `m${index}`);
    const modules = (value: number): Files =>
      Object.fromEntries(
        names.map((name) => [`mysite/many/${name}.ts`, `export const ${name}: number = ${value};\n`]),
      );
    const imports = names.map((name) => `import { ${name} } from './many/${name}.ts';`).join('\n');
    const site = await runserver({
      ...modules(1),
      'mysite/wsgi.ts': answeringWith(imports, names.join(' + ')),
      '.gitignore': '.cache\n',
    });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
        cwd: site.root,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'one');
    // The other branch is made elsewhere, so that the checkout is all that happens here.
    const elsewhere = path.join(temporaryFolder(), 'two');
    git('worktree', 'add', '-qb', 'two', elsewhere);
    writeFiles(elsewhere, modules(2));
    git('-C', elsewhere, 'commit', '-qam', 'two');
    git('worktree', 'remove', elsewhere);
    expect(await body(site)).toBe('300');
    await site.saw(/"GET \/ /); // And with it all that was said before.
    const seen = site.output.length;
    git('checkout', '-q', 'two');
    expect(await body(site)).toBe('600');
    // The line names the files whose events had come when the load began.
    await site.saw(/^mysite\/many\/m\d+\.ts(?: and \d+ more)? changed, reloaded in \d+ ms$/m, seen);
    await site.saw(/"GET \/ /, seen);
    expect(site.output.slice(seen).match(/.*reloaded.*/g)).toHaveLength(1);
  });

  test('the entry file can be deleted and created again', async () => {
    const site = await serve({ 'mysite/wsgi.ts': answering('one') });
    expect(await body(site)).toBe('one');
    rmSync(path.join(site.root, 'mysite/wsgi.ts'));
    expect(await body(site)).toMatch(/There is no module 'mysite\.wsgi'/);
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('two') });
    expect(await body(site)).toBe('two');
  });

  test('the project can be moved, which is reported, and a copy can take its place', async () => {
    // A cache inside of it would make the folder again.
    const caches = { XDG_CACHE_HOME: temporaryFolder() };
    const site = await runserver({ 'mysite/wsgi.ts': answering('one') }, [], caches);
    expect(await body(site)).toBe('one');
    const away = path.join(temporaryFolder(), 'away');
    renameSync(site.root, away);
    expect(await body(site)).toMatch(/The project's folder \S+ no longer exists\..*start the server again/s);
    cpSync(away, site.root, { recursive: true });
    expect(await body(site)).toBe('one');
    writeFiles(site.root, { 'mysite/wsgi.ts': answering('two') });
    expect(await body(site)).toBe('two');
  });

  test('a folder can be renamed together with the import that names it', async () => {
    const importing = (folder: string) => `export { application } from './${folder}/app.ts';`;
    const site = await serve({
      'mysite/wsgi.ts': importing('old'),
      'mysite/old/app.ts': answering('one'),
    });
    expect(await body(site)).toBe('one');
    renameSync(path.join(site.root, 'mysite/old'), path.join(site.root, 'mysite/new'));
    writeFiles(site.root, { 'mysite/wsgi.ts': importing('new') });
    expect(await body(site)).toBe('one');
    writeFiles(site.root, { 'mysite/new/app.ts': answering('two') });
    expect(await body(site)).toBe('two');
  });

  test('a package of a workspace, linked into node_modules, is watched at its real path', async () => {
    const site = await serve({
      'mysite/wsgi.ts': "export { application } from '@work/shared';",
      'packages/shared/package.json':
        '{ "name": "@work/shared", "type": "module", "exports": "./src/index.ts" }',
      'packages/shared/src/index.ts': "export { application } from './app.ts';",
      'packages/shared/src/app.ts': answering('shared 1'),
    });
    mkdirSync(path.join(site.root, 'node_modules/@work'), { recursive: true });
    symlinkSync('../../packages/shared', path.join(site.root, 'node_modules/@work/shared'), 'dir');
    expect(await body(site)).toBe('shared 1');
    writeFiles(site.root, { 'packages/shared/src/app.ts': answering('shared 2') });
    expect(await body(site)).toBe('shared 2');
    await site.saw(/^packages\/shared\/src\/app\.ts changed, reloaded in \d+ ms$/m);
  });

  test.each(WAYS)('an older file with its old time causes a reload, %s', async (_how, serve) => {
    const site = await serve({ 'mysite/wsgi.ts': answering('new'), 'old.ts': answering('old') });
    const lastYear = new Date(Date.now() - 365 * 86_400_000);
    utimesSync(path.join(site.root, 'old.ts'), lastYear, lastYear);
    expect(await body(site)).toBe('new');
    renameSync(path.join(site.root, 'old.ts'), path.join(site.root, 'mysite/wsgi.ts'));
    expect(await body(site)).toBe('old');
  });

  test.each(WAYS)('saves of the same size at the same moment are all noticed, %s', async (_how, serve) => {
    const site = await serve({ 'mysite/wsgi.ts': answering('save 0') });
    const file = path.join(site.root, 'mysite/wsgi.ts');
    expect(await body(site)).toBe('save 0');
    const time = statSync(file).mtime;
    for (let i = 1; i < 10; i++) {
      writeFileSync(file, answering(`save ${i}`));
      utimesSync(file, time, time);
      expect(await body(site)).toBe(`save ${i}`);
    }
  });
});

test('reloads, renames and deletions leave no descriptor open', async () => {
  const site = await runserver({
    'mysite/wsgi.ts': answering('0'),
    'mysite/a/b.ts': '',
    'templates/a.html': '',
  });
  const at = (name: string) => path.join(site.root, name);
  const round = async (count: number) => {
    for (let i = 0; i < count; i++) {
      writeFileSync(at('mysite/wsgi.ts'), `import './a/b.ts';\n${answering(String(i))}`);
      expect(await body(site)).toBe(String(i));
      renameSync(at('mysite/a'), at('mysite/c'));
      renameSync(at('templates'), at('templates-away'));
      expect(await body(site)).toMatch(/Cannot find/);
      renameSync(at('mysite/c'), at('mysite/a'));
      renameSync(at('templates-away'), at('templates'));
      expect(await body(site)).toBe(String(i));
    }
  };
  const descriptorsAtRest = async () => {
    await expect.poll(() => descendants(site.process.pid!).length).toBe(AT_REST);
    return readdirSync(`/proc/${site.process.pid}/fd`).length;
  };
  await round(2);
  const before = await descriptorsAtRest();
  await round(5);
  await expect.poll(descriptorsAtRest).toBeLessThanOrEqual(before);
});
