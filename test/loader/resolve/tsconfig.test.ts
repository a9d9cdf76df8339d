import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import { TsconfigReader } from '../../../src/loader/resolve/tsconfig.ts';
import { SourceFiles } from '../../../src/loader/sources/source-files.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

function createReader(files: Files) {
  const root = temporaryFolder(files);
  const sources = new SourceFiles();
  const reader = new TsconfigReader(sources);
  return {
    root,
    sources,
    optionsOf: (name: string) => reader.optionsOf(path.join(root, name)),
    /** What `paths` and `baseUrl` make of a specifier in a file. */
    aliases: (name: string, specifier: string) =>
      reader
        .projectOf(path.join(root, name))
        .aliases(specifier)
        .paths.map((alias) => path.relative(root, alias)),
  };
}

describe('the compiler options of a file', () => {
  test('come from the tsconfig.json in its folder', () => {
    const { optionsOf } = createReader({ 'tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }' });
    expect(optionsOf('a.ts')).toEqual({ jsx: 'react' });
  });

  test('come from the nearest tsconfig.json above it', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }',
      'in/tsconfig.json': '{ "compilerOptions": { "strict": true } }',
    });
    expect([optionsOf('x/y/a.ts'), optionsOf('in/x/a.ts')]).toEqual([{ jsx: 'react' }, { strict: true }]);
  });

  test('are empty without a tsconfig.json', () => {
    expect(createReader({}).optionsOf('a.ts')).toEqual({});
  });

  test('are empty when the tsconfig.json has none', () => {
    expect(createReader({ 'tsconfig.json': '{ "include": ["src"] }' }).optionsOf('a.ts')).toEqual({});
  });

  test('are read from a file with comments and trailing commas', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '{ // a comment\n "compilerOptions": { "jsx": "react", /* more */ }, }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react' });
  });

  test('are read from a file with a byte order mark', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '\ufeff{ "compilerOptions": { "jsx": "react" } }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react' });
  });

  test('take precedence over those of the extended file', () => {
    const { optionsOf } = createReader({
      'base.json': '{ "compilerOptions": { "jsx": "react", "strict": true } }',
      'tsconfig.json': '{ "extends": "./base.json", "compilerOptions": { "strict": false } }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react', strict: false });
  });

  test('may come from a package', () => {
    const { optionsOf } = createReader({
      'node_modules/@tsconfig/x/tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }',
      'tsconfig.json': '{ "extends": "@tsconfig/x/tsconfig.json" }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react' });
  });
});

describe('a tsconfig.json with references', () => {
  const SOLUTION: Files = {
    'tsconfig.json':
      '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tools" }] }',
    'tsconfig.app.json': `{
      "extends": ["./base.json", "./strict.json"],
      "compilerOptions": { "paths": { "@/*": ["./src/*"] } },
      "include": ["src"],
    }`,
    'base.json': '{ "compilerOptions": { "jsx": "react", "strict": false } }',
    'strict.json': '{ "compilerOptions": { "strict": true } }',
    'tools/tsconfig.json':
      '{ "compilerOptions": { "jsx": "preserve", "paths": { "@/*": ["./*"] } }, "include": ["*"] }',
  };

  test('gives a file the options of the first project that includes it', () => {
    const { optionsOf } = createReader(SOLUTION);
    expect(optionsOf('src/in/a.ts')).toMatchObject({ jsx: 'react', strict: true });
    expect(optionsOf('tools/a.ts')).toMatchObject({ jsx: 'preserve' });
    expect(optionsOf('other/a.ts').jsx).toBeUndefined();
  });

  test('gives a file the aliases of its project', () => {
    const { aliases } = createReader(SOLUTION);
    expect(aliases('src/in/a.ts', '@/b.ts')).toEqual(['src/b.ts']);
    expect(aliases('tools/a.ts', '@/b.ts')).toEqual(['tools/b.ts']);
    expect(aliases('other/a.ts', '@/b.ts')).toEqual([]);
  });

  test('includes JavaScript files in the projects', () => {
    const { aliases } = createReader(SOLUTION);
    expect(aliases('src/a.js', '@/b.ts')).toEqual(['src/b.ts']);
    expect(aliases('src/a.mjs', '@/b.ts')).toEqual(['src/b.ts']);
  });

  test('keeps its own options for its own files', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': `{ "compilerOptions": { "jsx": "react" }, "include": ["src"], "exclude": ["src/gen"],
        "references": [{ "path": "./all.json" }] }`,
      'all.json': '{ "compilerOptions": { "jsx": "preserve" } }',
    });
    expect([optionsOf('src/a.ts').jsx, optionsOf('src/gen/a.ts').jsx]).toEqual(['react', 'preserve']);
  });

  test('can have circular and indirect references', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./a.json" }] }',
      'a.json': '{ "files": [], "references": [{ "path": "./b.json" }, { "path": "./tsconfig.json" }] }',
      'b.json': '{ "compilerOptions": { "jsx": "react" } }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react' });
  });

  test('is recorded with all referenced files, also missing ones', () => {
    const { optionsOf, sources, root } = createReader({
      ...SOLUTION,
      'tsconfig.json':
        '{ "files": [], "references": [{ "path": "./later.json" }, { "path": "./tsconfig.app.json" }] }',
    });
    optionsOf('src/a.ts');
    const states = ['tsconfig.app.json', 'base.json', 'strict.json', 'later.json'].map((name) =>
      sources.states.get(path.join(root, name)),
    );
    expect(states).toEqual([expect.any(Number), expect.any(Number), expect.any(Number), null]);
  });
});

describe('the aliases of a file', () => {
  test.each([
    ['paths without baseUrl', '{ "paths": { "@/*": ["./src/*"] } }', '@/a', ['src/a']],
    ['paths that do not begin with a dot', '{ "paths": { "@/*": ["src/*"] } }', '@/a', ['src/a']],
    [
      'paths below baseUrl',
      '{ "baseUrl": "./src", "paths": { "@/*": ["x/*", "*"] } }',
      '@/a',
      ['src/x/a', 'src/a'],
    ],
    ['baseUrl alone', '{ "baseUrl": "src" }', 'a/b', ['src/a/b']],
    ['the very name before a pattern', '{ "paths": { "*": ["./x/*"], "a": ["./y"] } }', 'a', ['y']],
    [
      'the longest beginning',
      '{ "paths": { "@/*": ["./x/*"], "@/in/*.ts": ["./y/*.ts"] } }',
      '@/in/a.ts',
      ['y/a.ts'],
    ],
    ['a name that does not fit', '{ "paths": { "@/*": ["./x/*"] } }', 'pkg', []],
    [
      'a comment, and the parser for it',
      '{ "paths": { "@/*": ["./src/*"] } /* aliases */ }',
      '@/a',
      ['src/a'],
    ],
    [
      'the folder of the tsconfig.json by name',
      `{ "paths": { "@/*": ["\${configDir}/src/*"] } }`,
      '@/a',
      ['src/a'],
    ],
    ['$1 in a name', '{ "paths": { "@/*": ["./src/*"] } }', "@/$'$1", ["src/$'$1"]],
  ])('%s', (_what, compilerOptions, specifier, expected) => {
    const { aliases } = createReader({ 'tsconfig.json': `{ "compilerOptions": ${compilerOptions} }` });
    expect(aliases('in/a.ts', specifier)).toEqual(expected);
  });

  test('are relative to the folder of the tsconfig.json that has them', () => {
    const { aliases } = createReader({
      'base/tsconfig.json': `{ "compilerOptions": { "paths": { "@/*": ["./src/*"], "root/*": ["\${configDir}/*"] } } }`,
      'app/tsconfig.json': '{ "extends": "../base/tsconfig.json" }',
    });
    expect(aliases('app/a.ts', '@/b')).toEqual(['base/src/b']);
    expect(aliases('app/a.ts', 'root/b')).toEqual(['app/b']);
  });
});

describe('a tsconfig.json', () => {
  test('is recorded when it was read, and also when it was searched for', () => {
    const { optionsOf, sources, root } = createReader({ 'tsconfig.json': '{}' });
    optionsOf('in/a.ts');
    expect(sources.states.get(path.join(root, 'in/tsconfig.json'))).toBe(null);
    expect(sources.states.get(path.join(root, 'tsconfig.json'))).toEqual(expect.any(Number));
  });

  test('is read once for each folder', () => {
    const { optionsOf } = createReader({ 'tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }' });
    expect(optionsOf('a.ts')).toBe(optionsOf('in/b.ts'));
  });

  test('is recorded together with the files that it extends, since they may change', () => {
    const { optionsOf, sources, root } = createReader({
      'base.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'tsconfig.json': '{ "extends": "./base.json" }',
    });
    optionsOf('a.ts');
    expect(sources.states.get(path.join(root, 'base.json'))).toEqual(expect.any(Number));
  });
});

test('that extends a missing file causes an error with its name', () => {
  const { optionsOf, root } = createReader({ 'tsconfig.json': '{ "extends": "./gone.json" }' });
  expect(() => optionsOf('a.ts')).toThrow(
    expect.objectContaining({
      constructor: ImproperlyConfigured,
      message: expect.stringContaining(`${path.join(root, 'tsconfig.json')} cannot be read: `),
      cause: expect.any(Error),
    }),
  );
});
