import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PackageManifests } from '../../../src/loader/resolve/package-manifests.ts';
import type { Resolution } from '../../../src/loader/resolve/resolution.ts';
import { Resolver } from '../../../src/loader/resolve/resolver.ts';
import { TsconfigReader } from '../../../src/loader/resolve/tsconfig.ts';
import { SourceFiles, stateOf } from '../../../src/loader/sources/source-files.ts';
import { type Files, temporaryFolder, writeFiles } from '../../_temp-folder.ts';

const OWN_ROOT = path.resolve(import.meta.dirname, '../../..');

/** Where an import leads from `site/entry.ts`, and how to tell whether it still does. */
function resolveIn(root: string, specifier: string) {
  const files = new SourceFiles();
  const parts = { files, tsconfigs: new TsconfigReader(files), manifests: new PackageManifests(files) };
  const importer = path.join(root, 'site/entry.ts');
  let resolution: Resolution | undefined;
  try {
    resolution = new Resolver(OWN_ROOT, parts).resolve(specifier, importer);
  } catch {
    // It leads nowhere, which may change as well.
  }
  return {
    resolution,
    /** The paths at which something else is now than when they were looked at. */
    changed: () => [...files.states].filter(([file, state]) => state !== stateOf(file)).map(([file]) => file),
  };
}

type Change = (at: (name: string) => string) => void;

const create =
  (files: Files): Change =>
  (at) =>
    writeFiles(at('.'), files);

const repoint =
  (link: string, target: string): Change =>
  (at) => {
    unlinkSync(at(link));
    symlinkSync(target, at(link));
  };

const ALIAS = '{ "compilerOptions": { "paths": { "@/*": ["./lib/*", "./more/*"] } } }';

interface Case {
  readonly files: Files;
  readonly links?: Files;
  readonly specifier: string;
  readonly change: Change;
}

const CASES: Record<string, Case> = {
  'a file takes precedence over the index of a folder': {
    files: { 'site/m/index.ts': '' },
    specifier: './m',
    change: create({ 'site/m.ts': '' }),
  },
  'TypeScript appears beside JavaScript': {
    files: { 'site/j.js': '' },
    specifier: './j.js',
    change: create({ 'site/j.ts': '' }),
  },
  'TypeScript appears beside JavaScript without an ending': {
    files: { 'site/j.js': '' },
    specifier: './j',
    change: create({ 'site/j.tsx': '' }),
  },
  'a missing file appears': { files: {}, specifier: './later', change: create({ 'site/later.ts': '' }) },
  'a missing folder appears': {
    files: {},
    specifier: './in/later.ts',
    change: create({ 'site/in/later.ts': '' }),
  },
  'the target of an alias appears': {
    files: { 'tsconfig.json': ALIAS },
    specifier: '@/later.ts',
    change: create({ 'lib/later.ts': '' }),
  },
  'the first target of an alias appears': {
    files: { 'tsconfig.json': ALIAS, 'more/a.ts': '' },
    specifier: '@/a.ts',
    change: create({ 'lib/a.ts': '' }),
  },
  'a nearer tsconfig.json appears': {
    files: { 'tsconfig.json': ALIAS, 'lib/a.ts': '', 'site/lib/a.ts': '' },
    specifier: '@/a.ts',
    change: create({ 'site/tsconfig.json': ALIAS }),
  },
  'a file appears below baseUrl that has the name of a package': {
    files: {
      'tsconfig.json': '{ "compilerOptions": { "baseUrl": "." } }',
      'node_modules/pkg/index.js': '',
    },
    specifier: 'pkg',
    change: create({ 'pkg.ts': '' }),
  },
  'the target of a name with # in package.json appears': {
    files: { 'package.json': '{ "imports": { "#*": "./lib/*.ts" } }' },
    specifier: '#later',
    change: create({ 'lib/later.ts': '' }),
  },
  'a name in package.json gets another target': {
    files: { 'package.json': '{ "imports": { "#a": "./a.ts" } }', 'a.ts': '', 'b.ts': '' },
    specifier: '#a',
    change: create({ 'package.json': '{ "imports": { "#a": "./b.ts" } }' }),
  },
  'a package is installed': {
    files: { 'node_modules/other/index.js': '' },
    specifier: 'pkg',
    change: create({ 'node_modules/pkg/index.js': '' }),
  },
  'a package is installed where none was': {
    files: {},
    specifier: 'pkg',
    change: create({ 'node_modules/pkg/index.js': '' }),
  },
  'a package is installed nearer by': {
    files: { 'node_modules/pkg/index.js': '' },
    specifier: 'pkg',
    change: create({ 'site/node_modules/pkg/index.js': '' }),
  },
  'the main file of a package appears': {
    files: { 'node_modules/pkg/package.json': '{ "main": "lib.js" }', 'node_modules/pkg/index.js': '' },
    specifier: 'pkg',
    change: create({ 'node_modules/pkg/lib.js': '' }),
  },
  'the exports of a package change': {
    files: {
      'node_modules/pkg/package.json': '{ "exports": "./a.js" }',
      'node_modules/pkg/a.js': '',
      'node_modules/pkg/b.js': '',
    },
    specifier: 'pkg',
    change: create({ 'node_modules/pkg/package.json': '{ "exports": "./b.js" }' }),
  },
  'a linked package is built': {
    files: { 'packages/ui/package.json': '{ "exports": "./dist/index.js" }', 'node_modules/.keep': '' },
    links: { 'node_modules/ui': '../packages/ui' },
    specifier: 'ui',
    change: create({ 'packages/ui/dist/index.js': '' }),
  },
  'a link to a package leads elsewhere': {
    files: { 'packages/a/index.ts': '', 'packages/b/index.ts': '', 'node_modules/.keep': '' },
    links: { 'node_modules/ui': '../packages/a' },
    specifier: 'ui',
    change: repoint('node_modules/ui', '../packages/b'),
  },
  'a link to a file leads elsewhere': {
    files: { 'site/a.ts': '', 'site/b.ts': '' },
    links: { 'site/link.ts': 'a.ts' },
    specifier: './link.ts',
    change: repoint('site/link.ts', 'b.ts'),
  },
  'a link to a folder leads elsewhere': {
    files: { 'a/m.ts': '', 'b/m.ts': '' },
    links: { 'site/link': '../a' },
    specifier: './link/m.ts',
    change: repoint('site/link', '../b'),
  },
  'a link to a link leads elsewhere': {
    files: { 'a/m.ts': '', 'b/m.ts': '' },
    links: { 'site/link': '../current', current: 'a' },
    specifier: './link/m.ts',
    change: repoint('current', 'b'),
  },
  'a link to a folder leads to one that has the file': {
    files: { 'a/x.ts': '', 'b/m.ts': '' },
    links: { 'site/link': '../a' },
    specifier: './link/m.ts',
    change: repoint('site/link', '../b'),
  },
  'a link that leads nowhere gets its file': {
    files: {},
    links: { 'site/link.ts': '../gone.ts' },
    specifier: './link.ts',
    change: create({ 'gone.ts': '' }),
  },
  'a tsconfig.json that is a link leads elsewhere': {
    files: { 'a.json': ALIAS, 'b.json': '{}', 'lib/a.ts': '' },
    links: { 'tsconfig.json': 'a.json' },
    specifier: '@/a.ts',
    change: repoint('tsconfig.json', 'b.json'),
  },
  'what a tsconfig.json that is a link leads to changes': {
    files: { 'a.json': ALIAS, 'lib/a.ts': '' },
    links: { 'tsconfig.json': 'a.json' },
    specifier: '@/a.ts',
    change: create({ 'a.json': '{}' }),
  },
  'a folder is moved away': {
    files: { 'site/m/index.ts': '' },
    specifier: './m/index.ts',
    change: (at) => {
      renameSync(at('site/m'), at('site/n'));
      mkdirSync(at('site/m'));
    },
  },
};

describe('a change that leads an import elsewhere is detected:', () => {
  test.each(Object.entries(CASES))('%s', (_what, { files, links = {}, specifier, change }) => {
    const root = temporaryFolder({ 'site/entry.ts': '', ...files });
    for (const [link, target] of Object.entries(links)) symlinkSync(target, path.join(root, link));
    const before = resolveIn(root, specifier);
    // The module itself is read by others, and remembered then.
    const read = before.resolution?.kind === 'site' ? stateOf(before.resolution.file) : undefined;
    expect(before.changed()).toEqual([]);

    change((name) => path.join(root, name));
    expect(resolveIn(root, specifier).resolution).not.toEqual(before.resolution);
    const isGone = before.resolution?.kind === 'site' && stateOf(before.resolution.file) !== read;
    expect(before.changed().length > 0 || isGone).toBe(true);
  });
});

test('changes of unrelated files are not detected', () => {
  const root = temporaryFolder({ 'site/entry.ts': '', 'site/a.ts': '' });
  const { changed } = resolveIn(root, './a.ts');
  writeFileSync(path.join(root, 'site/b.ts'), '');
  rmSync(path.join(root, 'site/entry.ts'));
  expect(changed()).toEqual([]);
});
