import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../src/errors.ts';
import { SourceFiles } from '../../src/loader/source-files.ts';
import { TsconfigReader } from '../../src/loader/tsconfig.ts';
import { type Files, temporaryFolder } from '../_temp-folder.ts';

function createReader(files: Files) {
  const root = temporaryFolder(files);
  const sources = new SourceFiles();
  const reader = new TsconfigReader(sources);
  return { root, sources, optionsOf: (name: string) => reader.optionsOf(path.join(root, name)) };
}

describe('the options of a file', () => {
  test('are those of the tsconfig.json beside it', () => {
    const { optionsOf } = createReader({ 'tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }' });
    expect(optionsOf('a.ts')).toEqual({ jsx: 'react' });
  });

  test('are those of the nearest tsconfig.json above it', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }',
      'in/tsconfig.json': '{ "compilerOptions": { "strict": true } }',
    });
    expect([optionsOf('x/y/a.ts'), optionsOf('in/x/a.ts')]).toEqual([{ jsx: 'react' }, { strict: true }]);
  });

  test('are none without a tsconfig.json', () => {
    expect(createReader({}).optionsOf('a.ts')).toEqual({});
  });

  test('are none when it has none', () => {
    expect(createReader({ 'tsconfig.json': '{ "include": ["src"] }' }).optionsOf('a.ts')).toEqual({});
  });

  test('are found behind comments and trailing commas', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '{ // a comment\n "compilerOptions": { "jsx": "react", /* more */ }, }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react' });
  });

  test('are found behind a byte order mark', () => {
    const { optionsOf } = createReader({
      'tsconfig.json': '\ufeff{ "compilerOptions": { "jsx": "react" } }',
    });
    expect(optionsOf('a.ts')).toMatchObject({ jsx: 'react' });
  });

  test('are over those of the file that it extends', () => {
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

describe('what was read', () => {
  test('is noted, and what was looked for as well', () => {
    const { optionsOf, sources, root } = createReader({ 'tsconfig.json': '{}' });
    optionsOf('in/a.ts');
    expect(sources.states.get(path.join(root, 'in/tsconfig.json'))).toBe(null);
    expect(sources.states.get(path.join(root, 'tsconfig.json'))).toEqual(expect.any(Number));
  });

  test('is read once for each folder', () => {
    const { optionsOf } = createReader({ 'tsconfig.json': '{ "compilerOptions": { "jsx": "react" } }' });
    expect(optionsOf('a.ts')).toBe(optionsOf('in/b.ts'));
  });

  test('of the files that it extends is noted as well, since they may change', () => {
    const { optionsOf, sources, root } = createReader({
      'base.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'tsconfig.json': '{ "extends": "./base.json" }',
    });
    optionsOf('a.ts');
    expect(sources.states.get(path.join(root, 'base.json'))).toEqual(expect.any(Number));
  });
});

test('a tsconfig.json that extends a file that is not there is named', () => {
  const { optionsOf, root } = createReader({ 'tsconfig.json': '{ "extends": "./gone.json" }' });
  expect(() => optionsOf('a.ts')).toThrow(
    expect.objectContaining({
      constructor: ImproperlyConfigured,
      message: expect.stringContaining(`${path.join(root, 'tsconfig.json')} cannot be read: `),
      cause: expect.any(Error),
    }),
  );
});
