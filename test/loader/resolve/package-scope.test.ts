import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ImproperlyConfigured } from '../../../src/errors.ts';
import { PackageManifests } from '../../../src/loader/resolve/package-manifests.ts';
import { PackageScopes } from '../../../src/loader/resolve/package-scope.ts';
import { SourceFiles } from '../../../src/loader/sources/source-files.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';

function createScopes(files: Files) {
  const root = temporaryFolder(files);
  const sources = new SourceFiles();
  const scopes = new PackageScopes(new PackageManifests(sources));
  return { root, sources, kindOf: (name: string) => scopes.kindOf(path.join(root, name)) };
}

describe('the module kind of a file', () => {
  test.each([
    ['.mts', 'esm'],
    ['.mjs', 'esm'],
    ['.cts', 'cjs'],
    ['.cjs', 'cjs'],
  ])('with the extension %s is %s, whatever its package.json says', (ending, kind) => {
    for (const type of ['module', 'commonjs']) {
      const { kindOf } = createScopes({ 'package.json': JSON.stringify({ type }) });
      expect(kindOf(`a${ending}`)).toBe(kind);
    }
  });

  test.each([
    ['module', 'esm'],
    ['commonjs', 'cjs'],
  ])('in a package of type %s is %s', (type, kind) => {
    const { kindOf } = createScopes({ 'package.json': JSON.stringify({ type }) });
    expect(['a.ts', 'a.js', 'a.tsx', 'deep/in/a.ts'].map(kindOf)).toEqual([kind, kind, kind, kind]);
  });

  test.each(['{}', '{ "type": "other" }', '{ "type": 1 }'])(
    'is undefined in a package that is %s',
    (manifest) => {
      expect(createScopes({ 'package.json': manifest }).kindOf('a.ts')).toBeUndefined();
    },
  );

  test('comes from the nearest package.json, also when that has no type', () => {
    const { kindOf } = createScopes({
      'package.json': '{ "type": "module" }',
      'legacy/package.json': '{ "type": "commonjs" }',
      'open/package.json': '{}',
    });
    expect(['a.ts', 'legacy/in/a.ts', 'open/a.ts'].map(kindOf)).toEqual(['esm', 'cjs', undefined]);
  });

  test('is found in a package.json with a byte order mark', () => {
    expect(createScopes({ 'package.json': '\ufeff{ "type": "module" }' }).kindOf('a.ts')).toBe('esm');
  });
});

test('every package.json that was read or searched for is recorded once', () => {
  const { kindOf, sources, root } = createScopes({ 'package.json': '{}' });
  kindOf('in/a.ts');
  kindOf('in/b.ts');
  const noted = [...sources.states].filter(([file]) => file.startsWith(root));
  expect(noted.map(([file, state]) => [path.relative(root, file), state === null])).toEqual([
    ['in/package.json', true],
    ['package.json', false],
  ]);
});

test.skipIf(process.platform === 'win32')(
  'a pipe as package.json is an error, and its removal a change',
  () => {
    const { kindOf, sources, root } = createScopes({});
    const file = path.join(root, 'package.json');
    execFileSync('mkfifo', [file]);
    expect(() => kindOf('a.ts')).toThrow(
      expect.objectContaining({
        constructor: ImproperlyConfigured,
        message: `${file} is not a regular file, but a pipe, a device or a socket.`,
        location: { file },
      }),
    );
    expect(sources.hasChanged(file)).toBe(false);
    rmSync(file);
    expect(sources.hasChanged(file)).toBe(true);
  },
);

test('the error for an invalid package.json names the file', () => {
  const { kindOf, root } = createScopes({ 'package.json': '{ type: module }' });
  const file = path.join(root, 'package.json');
  expect(() => kindOf('a.ts')).toThrow(
    expect.objectContaining({
      constructor: ImproperlyConfigured,
      message: expect.stringContaining(`${file} is not valid JSON: `),
      location: { file },
      cause: expect.any(SyntaxError),
    }),
  );
});
