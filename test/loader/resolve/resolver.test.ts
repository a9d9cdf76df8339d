import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NotFound } from '../../../src/loader/resolve/not-found.ts';
import { PackageManifests } from '../../../src/loader/resolve/package-manifests.ts';
import type { ResolveMode } from '../../../src/loader/resolve/resolution.ts';
import { Resolver } from '../../../src/loader/resolve/resolver.ts';
import { TsconfigReader } from '../../../src/loader/resolve/tsconfig.ts';
import { SourceFiles } from '../../../src/loader/sources/source-files.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

const OWN_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Resolves from `entry.ts` of a site, and shows paths relative to it. */
function createSite(files: Files, importer = 'entry.ts', conditions: readonly string[] = []) {
  const root = temporaryFolder(files);
  const sources = new SourceFiles();
  const resolver = new Resolver(OWN_ROOT, {
    files: sources,
    tsconfigs: new TsconfigReader(sources),
    manifests: new PackageManifests(sources),
    conditions,
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

describe('a relative import resolves to', () => {
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
    ['a folder rather than a file, with a slash', './a/', { 'a.ts': '', 'a/index.ts': '' }, 'a/index.ts'],
    ['a file rather than a folder', './a', { 'a.ts': '', 'a/index.ts': '' }, 'a.ts'],
    ['a file with a space, as URLs have it', './a%20b.ts', { 'a b.ts': '' }, 'a b.ts'],
    ['a file with a space, as it is', './a b.ts', { 'a b.ts': '' }, 'a b.ts'],
    ['a file with its query', './a.ts?v=1', { 'a.ts': '' }, 'a.ts?v=1'],
    ['a file with #, as URLs have it', './a%23b.ts', { 'a#b.ts': '' }, 'a#b.ts'],
    ['a file with ?, as URLs have it', './a%3Fb.ts?x', { 'a?b.ts': '' }, 'a?b.ts?x'],
    ['a file with % that is not a URL', './50%.ts', { '50%.ts': '' }, '50%.ts'],
    ['a file with letters of all kinds', './ünï✓.ts', { 'ünï✓.ts': '' }, 'ünï✓.ts'],
  ])('%s: %s', (_what, specifier, files, expected) => {
    expect(createSite(files).file(specifier)).toBe(expected);
  });

  test.each(['a#b', 'a?b', '50%', 'a%20b', 'a b', 'ünï✓', "it's (x)"])('a file in a folder %s', (folder) => {
    const site = createSite({ [`${folder}/a.ts`]: '' }, `${folder}/entry.ts`);
    expect(site.file('./a.ts')).toBe(`${folder}/a.ts`);
  });

  test.each(['a#b.ts', 'a?b.ts', '50%20.ts'])('the exact file for require(): %s', (name) => {
    expect(createSite({ [name]: '' }).file(`./${name}`, 'require')).toBe(name);
  });

  test('the main file of a folder for require()', () => {
    const site = createSite({ 'a/package.json': '{ "main": "lib/b" }', 'a/lib/b.ts': '' });
    expect(site.file('./a', 'require')).toBe('a/lib/b.ts');
  });

  test.each([
    ['its main file', { 'a/package.json': '{ "main": "b" }' }, 'a/b.ts'],
    ['its index, where the main file is missing', { 'a/package.json': '{ "main": "c" }' }, 'a/index.ts'],
    ['its index, where no main file is named', { 'a/package.json': '{}' }, 'a/index.ts'],
    ['a file beside it', { 'a/package.json': '{ "main": "b" }', 'a.ts': '' }, 'a.ts'],
  ])('the index of a folder for require(): %s', (_, files, expected) => {
    const site = createSite({ 'a/index.ts': '', 'a/b.ts': '', ...files });
    expect(site.file('./a', 'require')).toBe(expected);
  });

  test('the parent folder', () => {
    const site = createSite({ 'a.ts': '', 'index.ts': '' }, 'in/entry.ts');
    expect([site.file('../a.ts'), site.file('..')]).toEqual(['a.ts', 'index.ts']);
  });
});

describe('an import that is not relative resolves to', () => {
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
  ])('a builtin of Node: %s', (specifier, url) => {
    expect(createSite({}).external(specifier)).toBe(url);
  });

  test('the first possible target of a list in package.json', () => {
    const site = createSite({
      'package.json': '{ "imports": { "#a": ["../x.ts", "node:path", "./a.ts"], "#b": [null, "./a.ts"] } }',
      'a.ts': '',
      'node_modules/pkg/package.json':
        '{ "exports": ["main", "../main.js", { "browser": "./b.js" }, "./main.js"] }',
      'node_modules/pkg/main.js': '',
    });
    expect(site.external('pkg')).toBe('/node_modules/pkg/main.js');
    expect(site.file('#b')).toBe('a.ts');
    expect(site.file('#a')).toBe('a.ts');
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

  test('different files of a package for import and for require', () => {
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

  test('the JavaScript file of a package, although TypeScript is beside it', () => {
    const site = createSite({
      'node_modules/a/package.json': '{ "main": "index.js" }',
      'node_modules/a/index.js': '',
      'node_modules/a/index.ts': '',
      'node_modules/a/sub.js': '',
      'node_modules/a/sub.ts': '',
      'node_modules/b/index.js': '',
      'node_modules/b/index.ts': '',
      'node_modules/c/package.json': '{ "exports": { ".": "./c.js", "./*": "./lib/*.js" } }',
      'node_modules/c/c.js': '',
      'node_modules/c/c.ts': '',
      'node_modules/c/lib/d.js': '',
      'node_modules/c/lib/d.ts': '',
    });
    const found = ['a', 'a/sub.js', 'a/sub', 'b', 'c', 'c/d'].map((name) =>
      path.basename(site.external(name)),
    );
    expect(found).toEqual(['index.js', 'sub.js', 'sub.js', 'index.js', 'c.js', 'd.js']);
  });

  test('the main file of a package, whatever characters its name has', () => {
    const site = createSite({
      'node_modules/a/package.json': '{ "main": "./li#b/50%.js" }',
      'node_modules/a/li#b/50%.js': '',
    });
    expect(site.external('a')).toBe('/node_modules/a/li%23b/50%25.js');
  });

  test('the folder of a package for require(), by Node’s rules', () => {
    const site = createSite({
      'node_modules/a/in/package.json': '{ "main": "x" }',
      'node_modules/a/in/x.js': '',
      'node_modules/a/out/index.json': '{}',
      'node_modules/b.js': '',
    });
    expect(site.external('a/in', 'require')).toBe('/node_modules/a/in/x.js');
    expect(site.file('a/out', 'require')).toBe('node_modules/a/out/index.json');
    expect(site.external('b', 'require')).toBe('/node_modules/b.js');
  });

  test('the package itself by its own name', () => {
    const site = createSite(
      { 'package.json': '{ "name": "me", "exports": { "./*": "./lib/*.js" } }', 'lib/a.ts': '' },
      'site/entry.ts',
    );
    expect(site.file('me/a')).toBe('lib/a.ts');
  });

  test('another package by a name with #', () => {
    const site = createSite({
      'package.json': '{ "imports": { "#db": { "production": "./db.ts", "default": "fake-db" } } }',
      'node_modules/fake-db/index.js': '',
    });
    expect(site.external('#db')).toBe('/node_modules/fake-db/index.js');
  });

  test('the file of a package for the active conditions', () => {
    const exports = { 'custom-a': './a.js', 'custom-b': './b.js', default: './c.js' };
    const files = {
      'node_modules/pkg/package.json': JSON.stringify({ exports }),
      'node_modules/pkg/a.js': '',
      'node_modules/pkg/b.js': '',
      'node_modules/pkg/c.js': '',
    };
    expect(createSite(files).external('pkg')).toBe('/node_modules/pkg/c.js');
    expect(createSite(files, 'entry.ts', ['custom-b']).external('pkg')).toBe('/node_modules/pkg/b.js');
    const tsconfig = '{ "compilerOptions": { "customConditions": ["custom-a"] } }';
    const site = createSite({ ...files, 'tsconfig.json': tsconfig }, 'entry.ts', ['custom-b']);
    expect(site.external('pkg')).toBe('/node_modules/pkg/a.js');
  });

  test('a JSON file of a package, which our loader reads', () => {
    const site = createSite({ 'node_modules/pkg/package.json': '{}' });
    expect(site.file('pkg/package.json')).toBe('node_modules/pkg/package.json');
  });

  test('the source of a package that is linked from a folder of the site', () => {
    const site = createSite({
      'packages/ui/package.json': '{ "exports": "./index.ts" }',
      'packages/ui/index.ts': '',
    });
    mkdirSync(path.join(site.root, 'node_modules'));
    symlinkSync('../packages/ui', path.join(site.root, 'node_modules/ui'));
    expect(site.file('ui')).toBe('packages/ui/index.ts');
  });

  test('an addon for require(), which Node loads', () => {
    expect(createSite({ 'a.node': '' }).external('./a.node', 'require')).toBe('/a.node');
  });

  test('the target of a name with # in package.json', () => {
    const site = createSite({ 'package.json': '{ "imports": { "#a": "./lib/a.ts" } }', 'lib/a.ts': '' });
    expect(site.file('#a')).toBe('lib/a.ts');
  });

  test('the target of an alias in tsconfig.json', () => {
    const site = createSite({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/a.ts': '',
    });
    expect(site.file('@/a')).toBe('src/a.ts');
  });
});

describe('an import of startproject resolves to', () => {
  test('the running package when the site has no copy', () => {
    expect(createSite({}).resolve('startproject/wsgi')).toEqual({
      kind: 'own',
      file: expect.stringContaining(path.join(OWN_ROOT, 'dist')),
    });
  });

  test('the running package when the site has a link to it', () => {
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

  test.each(['startproject', 'startproject/nope'])('no module of an unknown name: %s', (specifier) => {
    expect(createSite({}).notFound(specifier).message).toBe(
      `this version of startproject has no module '${specifier}'`,
    );
  });

  test('another package whose name only begins in the same way', () => {
    const site = createSite({ 'node_modules/startproject-x/index.js': '' });
    expect(site.external('startproject-x')).toBe('/node_modules/startproject-x/index.js');
  });
});

describe('an import without a target', () => {
  test('lists the tried paths, so that a new file there is noticed', () => {
    const site = createSite({});
    const { message, tried } = site.notFound('./a');
    expect(message).toBe(`no such file ${path.join(site.root, 'a')}`);
    expect(tried).toEqual(
      expect.arrayContaining(['a', 'a.ts', 'a.js', 'a/index.ts'].map((name) => path.join(site.root, name))),
    );
  });

  test('lists the TypeScript paths for .js too', () => {
    const site = createSite({});
    expect(site.notFound('./a.js').tried).toEqual(
      expect.arrayContaining(['a.ts', 'a.tsx', 'a.js'].map((name) => path.join(site.root, name))),
    );
  });

  test('is an error for a folder without an index', () => {
    const site = createSite({ 'a/b.ts': '' });
    expect(site.notFound('./a').message).toBe(`folder ${path.join(site.root, 'a')} has no index file`);
  });

  test('is an error for a file with a slash behind its name', () => {
    const site = createSite({
      'a.ts': '',
      'src/b.ts': '',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    });
    const file = path.join(site.root, 'a.ts');
    for (const specifier of ['./a.ts/', './a/', `${file}/`, `${pathToFileURL(file)}/`]) {
      const { message, code } = site.notFound(specifier);
      expect(message).toBe(`no such folder ${path.join(site.root, specifier === './a/' ? 'a' : 'a.ts')}`);
      expect(code).toBe('ERR_UNSUPPORTED_DIR_IMPORT');
    }
    expect(site.notFound('./a.ts/', 'require').codeFor('require')).toBe('MODULE_NOT_FOUND');
    expect(site.notFound('@/b.ts/').message).toMatch(/^no such file/);
  });

  test('is an error for a path below a file', () => {
    expect(createSite({ 'a.ts': '' }).notFound('./a.ts/b').message).toMatch(/^no such file/);
  });

  test('is an error for a missing package', () => {
    expect(createSite({}).notFound('no-such-package').message).toMatch(/no-such-package/);
  });

  test('is an error for a file that a package does not export', () => {
    const site = createSite({
      'node_modules/pkg/package.json': '{ "exports": "./main.js" }',
      'node_modules/pkg/main.js': '',
      'node_modules/pkg/inner.js': '',
    });
    expect(site.notFound('pkg/inner.js').codeFor('import')).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('names the path that an alias leads to', () => {
    const site = createSite({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    });
    expect(site.notFound('@/later.ts').message).toBe(
      `no such file ${path.join(site.root, 'src/later.ts')}, where "paths" of ${path.join(site.root, 'tsconfig.json')} leads`,
    );
  });

  const FILES = {
    'folder/a.ts': '',
    'a.css': '',
    'node_modules/pkg/package.json': '{ "exports": { ".": "./main.js", "./out": "../x.js" } }',
    'node_modules/pkg/main.js': '',
    'node_modules/plain/folder/a.js': '',
  };

  test.each([
    ['./gone.ts', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'],
    ['./folder', 'ERR_UNSUPPORTED_DIR_IMPORT', 'MODULE_NOT_FOUND'],
    ['gone', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'],
    ['fs/gone', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'],
    ['node:gone', 'ERR_UNKNOWN_BUILTIN_MODULE', 'ERR_UNKNOWN_BUILTIN_MODULE'],
    ['pkg/inner.js', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_PACKAGE_PATH_NOT_EXPORTED'],
    ['pkg/out', 'ERR_INVALID_PACKAGE_TARGET', 'ERR_INVALID_PACKAGE_TARGET'],
    ['plain/gone.js', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'],
    ['plain/folder', 'ERR_UNSUPPORTED_DIR_IMPORT', 'MODULE_NOT_FOUND'],
    ['#gone', 'ERR_PACKAGE_IMPORT_NOT_DEFINED', 'ERR_PACKAGE_IMPORT_NOT_DEFINED'],
    ['./a%2Fb.ts', 'ERR_INVALID_MODULE_SPECIFIER', 'MODULE_NOT_FOUND'],
    ['https://example.org/a.js', 'ERR_UNSUPPORTED_ESM_URL_SCHEME', 'MODULE_NOT_FOUND'],
    ['./a.css', 'ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNKNOWN_FILE_EXTENSION'],
  ])('has Node’s error code: %s', (specifier, imported, required) => {
    const site = createSite(FILES);
    expect(site.notFound(specifier, 'import').codeFor('import')).toBe(imported);
    expect(site.notFound(specifier, 'require').codeFor('require')).toBe(required);
  });
});

describe('the result for an import', () => {
  test('is the same the next time', () => {
    const site = createSite({ 'a.ts': '' });
    expect(site.resolve('./a')).toBe(site.resolve('./a'));
  });

  test('is searched again after files were added or deleted', () => {
    const site = createSite({ 'a.js': '' });
    expect(site.file('./a')).toBe('a.js');
    writeFileSync(path.join(site.root, 'a.ts'), '');
    site.resolver.forget();
    expect(site.file('./a')).toBe('a.ts');
  });
});
