import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NotFound } from '../../src/loader/resolve/not-found.ts';
import { PackageManifests } from '../../src/loader/resolve/package-manifests.ts';
import { type ResolveMode, Resolver } from '../../src/loader/resolve.ts';
import { SourceFiles } from '../../src/loader/source-files.ts';
import { TsconfigReader } from '../../src/loader/tsconfig.ts';
import { type Files, temporaryFolder } from '../_temp-folder.ts';

const OWN_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Resolves from `entry.ts` of a site, and shows paths relative to it. */
function createSite(files: Files, importer = 'entry.ts') {
  const root = temporaryFolder(files);
  const sources = new SourceFiles();
  const resolver = new Resolver(OWN_ROOT, {
    files: sources,
    tsconfigs: new TsconfigReader(sources),
    manifests: new PackageManifests(sources),
  });
  const resolve = (specifier: string, mode?: ResolveMode) =>
    resolver.resolve(specifier, path.join(root, importer), mode);
  return {
    root,
    resolver,
    sources,
    resolve,
    /** The file of the site that an import leads to. */
    file(specifier: string, mode?: ResolveMode): string {
      const resolution = resolve(specifier, mode);
      if (resolution.kind !== 'site') throw new Error(`'${specifier}' leads out of the site.`);
      return path.relative(root, resolution.file) + resolution.search;
    },
    /** What Node is asked for. */
    external(specifier: string, mode?: ResolveMode): string {
      const resolution = resolve(specifier, mode);
      if (resolution.kind !== 'external') throw new Error(`'${specifier}' leads into the site.`);
      return resolution.url.replace(pathToFileURL(root).href, '');
    },
    notFound(specifier: string, mode?: ResolveMode): NotFound {
      try {
        resolve(specifier, mode);
      } catch (error) {
        expect(error).toBeInstanceOf(NotFound);
        return error as NotFound;
      }
      throw new Error(`'${specifier}' leads somewhere.`);
    },
  };
}

describe('a relative import leads to', () => {
  test.each([
    ['the very file', './a.ts', { 'a.ts': '' }, 'a.ts'],
    ['a file without its ending', './a', { 'a.ts': '' }, 'a.ts'],
    ['TypeScript behind .js', './a.js', { 'a.ts': '' }, 'a.ts'],
    ['TypeScript with JSX behind .js', './a.js', { 'a.tsx': '' }, 'a.tsx'],
    ['TypeScript behind .mjs', './a.mjs', { 'a.mts': '' }, 'a.mts'],
    ['TypeScript behind .cjs', './a.cjs', { 'a.cts': '' }, 'a.cts'],
    ['TypeScript behind .jsx', './a.jsx', { 'a.tsx': '' }, 'a.tsx'],
    ['JavaScript where there is no TypeScript', './a.js', { 'a.js': '' }, 'a.js'],
    ['TypeScript where there is JavaScript as well', './a.js', { 'a.js': '', 'a.ts': '' }, 'a.ts'],
    ['the index of a folder', './a', { 'a/index.ts': '' }, 'a/index.ts'],
    ['the index of its own folder', '.', { 'index.ts': '' }, 'index.ts'],
    ['the index of its own folder, with a slash', './', { 'index.ts': '' }, 'index.ts'],
    ['a file with a dot in its name', './a.config', { 'a.config.ts': '' }, 'a.config.ts'],
    ['JSON', './a.json', { 'a.json': '' }, 'a.json'],
    ['JSON without its ending', './a', { 'a.json': '' }, 'a.json'],
    ['a file rather than a folder', './a', { 'a.ts': '', 'a/index.ts': '' }, 'a.ts'],
    ['a file with a space, as URLs have it', './a%20b.ts', { 'a b.ts': '' }, 'a b.ts'],
    ['a file with a space, as it is', './a b.ts', { 'a b.ts': '' }, 'a b.ts'],
    ['a file with its query', './a.ts?v=1', { 'a.ts': '' }, 'a.ts?v=1'],
  ])('%s: %s', (_what, specifier, files, expected) => {
    expect(createSite(files).file(specifier)).toBe(expected);
  });

  test('the folder above', () => {
    const site = createSite({ 'a.ts': '', 'index.ts': '' }, 'in/entry.ts');
    expect([site.file('../a.ts'), site.file('..')]).toEqual(['a.ts', 'index.ts']);
  });
});

describe('another import leads to', () => {
  test('an absolute path', () => {
    const site = createSite({ 'a.ts': '' });
    expect(site.file(path.join(site.root, 'a'))).toBe('a.ts');
  });

  test('a file: URL', () => {
    const site = createSite({ 'a b.ts': '' });
    expect(site.file(`${pathToFileURL(path.join(site.root, 'a b.ts')).href}?x`)).toBe('a b.ts?x');
  });

  test.each([
    ['fs', 'node:fs'],
    ['node:fs', 'node:fs'],
    ['fs/promises', 'node:fs/promises'],
    ['node:test', 'node:test'],
    ['data:text/javascript,export default 1', 'data:text/javascript,export default 1'],
  ])('what Node has itself: %s', (specifier, url) => {
    expect(createSite({}).external(specifier)).toBe(url);
  });

  test('a package, which Node loads', () => {
    const site = createSite({
      'node_modules/pkg/package.json': '{ "exports": { ".": "./main.js", "./sub": "./lib/sub.js" } }',
      'node_modules/pkg/main.js': '',
      'node_modules/pkg/lib/sub.js': '',
    });
    expect([site.external('pkg'), site.external('pkg/sub')]).toEqual([
      '/node_modules/pkg/main.js',
      '/node_modules/pkg/lib/sub.js',
    ]);
  });

  test('a package’s file for import or for require', () => {
    const site = createSite({
      'node_modules/pkg/package.json': '{ "exports": { "import": "./esm.mjs", "require": "./cjs.cjs" } }',
      'node_modules/pkg/esm.mjs': '',
      'node_modules/pkg/cjs.cjs': '',
    });
    expect([site.external('pkg', 'import'), site.external('pkg', 'require')]).toEqual([
      '/node_modules/pkg/esm.mjs',
      '/node_modules/pkg/cjs.cjs',
    ]);
  });

  test('JSON of a package, which is the site’s to read', () => {
    const site = createSite({ 'node_modules/pkg/package.json': '{}' });
    expect(site.file('pkg/package.json')).toBe('node_modules/pkg/package.json');
  });

  test('a package that is linked from a folder of its own, which is the site’s source', () => {
    const site = createSite({
      'packages/ui/package.json': '{ "exports": "./index.ts" }',
      'packages/ui/index.ts': '',
    });
    mkdirSync(path.join(site.root, 'node_modules'));
    symlinkSync('../packages/ui', path.join(site.root, 'node_modules/ui'));
    expect(site.file('ui')).toBe('packages/ui/index.ts');
  });

  test('an addon, which Node loads by require', () => {
    expect(createSite({ 'a.node': '' }).external('./a.node', 'require')).toBe('/a.node');
  });

  test('what package.json calls by a name with #', () => {
    const site = createSite({ 'package.json': '{ "imports": { "#a": "./lib/a.ts" } }', 'lib/a.ts': '' });
    expect(site.file('#a')).toBe('lib/a.ts');
  });

  test('what tsconfig.json calls by another name', () => {
    const site = createSite({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/a.ts': '',
    });
    expect(site.file('@/a')).toBe('src/a.ts');
  });
});

describe('an import of startproject leads to', () => {
  test('the package that runs when the site has none', () => {
    expect(createSite({}).resolve('startproject/wsgi')).toEqual({
      kind: 'own',
      file: expect.stringContaining(path.join(OWN_ROOT, 'dist')),
    });
  });

  test('the package that runs when the site has a link to it', () => {
    const site = createSite({ 'package.json': '{}' });
    mkdirSync(path.join(site.root, 'node_modules'));
    symlinkSync(OWN_ROOT, path.join(site.root, 'node_modules/startproject'));
    expect(site.resolve('startproject/wsgi').kind).toBe('own');
  });

  test('the site’s own copy when it has another one', () => {
    const site = createSite({
      'node_modules/startproject/package.json': '{ "exports": { "./wsgi": "./wsgi.js" } }',
      'node_modules/startproject/wsgi.js': '',
    });
    expect(site.external('startproject/wsgi')).toBe('/node_modules/startproject/wsgi.js');
  });

  test.each(['startproject', 'startproject/nope'])('nothing when it has no such module: %s', (specifier) => {
    expect(createSite({}).notFound(specifier).message).toBe(
      `this version of startproject has no module '${specifier}'`,
    );
  });

  test('another package that only begins like it', () => {
    const site = createSite({ 'node_modules/startproject-x/index.js': '' });
    expect(site.external('startproject-x')).toBe('/node_modules/startproject-x/index.js');
  });
});

describe('an import that leads nowhere', () => {
  test('tells what was looked for, so that its appearance is noticed', () => {
    const site = createSite({});
    const { message, tried } = site.notFound('./a');
    expect(message).toBe(`no such file ${path.join(site.root, 'a')}`);
    expect(tried).toEqual(
      expect.arrayContaining(['a', 'a.ts', 'a.js', 'a/index.ts'].map((name) => path.join(site.root, name))),
    );
  });

  test('tells of the TypeScript behind .js as well', () => {
    const site = createSite({});
    expect(site.notFound('./a.js').tried).toEqual(
      expect.arrayContaining(['a.ts', 'a.tsx', 'a.js'].map((name) => path.join(site.root, name))),
    );
  });

  test('may be a folder without an index', () => {
    const site = createSite({ 'a/b.ts': '' });
    expect(site.notFound('./a').message).toBe(`folder ${path.join(site.root, 'a')} has no index file`);
  });

  test('may be a file below a file', () => {
    expect(createSite({ 'a.ts': '' }).notFound('./a.ts/b').message).toMatch(/^no such file/);
  });

  test('may be a package', () => {
    expect(createSite({}).notFound('no-such-package').message).toMatch(/no-such-package/);
  });

  test('may be a part of a package that it does not export', () => {
    const site = createSite({
      'node_modules/pkg/package.json': '{ "exports": "./main.js" }',
      'node_modules/pkg/main.js': '',
      'node_modules/pkg/inner.js': '',
    });
    site.notFound('pkg/inner.js');
  });
});

describe('what was found', () => {
  test('is the same the next time', () => {
    const site = createSite({ 'a.ts': '' });
    expect(site.resolve('./a')).toBe(site.resolve('./a'));
  });

  test('is looked for again when files have come or gone', () => {
    const site = createSite({ 'a.js': '' });
    expect(site.file('./a')).toBe('a.js');
    writeFileSync(path.join(site.root, 'a.ts'), '');
    site.resolver.forget();
    expect(site.file('./a')).toBe('a.ts');
  });
});
