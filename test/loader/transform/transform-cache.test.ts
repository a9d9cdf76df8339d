import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceSyntaxError } from '../../../src/loader/failures/module-errors.ts';
import { cacheFileFor, TransformCache } from '../../../src/loader/transform/transform-cache.ts';
import type { TransformInput } from '../../../src/loader/transform/transform-input.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const INPUT: TransformInput = {
  file: '/site/a.ts',
  source: `import b from './b.ts'\nexport * from './c.ts'\nexport const a: number = b`,
  options: {},
  kind: 'esm',
};

/** A place on disk, and what `save` wrote there. */
function createPlace() {
  const file = path.join(temporaryFolder(), 'deep/transforms');
  return { file, text: () => readFileSync(file, 'utf8') };
}

/** A module that only the cache can have: what is on disk says something that no transform would. */
function isFromDisk(cache: TransformCache, input = INPUT): boolean {
  return cache.get(input).code.includes('FROM DISK');
}

function markOnDisk(file: string): void {
  const [format, ...lines] = readFileSync(file, 'utf8').replaceAll("'use strict'", "'FROM DISK'").split('\n');
  const marked = lines.map((line) => {
    const [name, key, , json] = line.split('\t');
    return [name, key, crc32(json!).toString(36), json].join('\t');
  });
  writeFileSync(file, [format, ...marked].join('\n'));
}

describe('in memory', () => {
  test('the same input is transformed once', () => {
    const cache = new TransformCache();
    expect(cache.get(INPUT)).toBe(cache.get({ ...INPUT, options: {} }));
  });

  test.each<[string, Partial<TransformInput>]>([
    ['source', { source: 'export const a = 2' }],
    ['kind', { kind: 'cjs' }],
    ['compiler options', { options: { verbatimModuleSyntax: true } }],
  ])('another %s is another module', (_what, more) => {
    const cache = new TransformCache();
    expect(cache.get({ ...INPUT, ...more })).not.toBe(cache.get(INPUT));
  });

  test('two files of the same content are two modules', () => {
    const cache = new TransformCache();
    expect(cache.get({ ...INPUT, file: '/site/b.ts' })).not.toBe(cache.get(INPUT));
  });

  test('a file that fails is tried again', () => {
    const cache = new TransformCache();
    const broken = { ...INPUT, source: 'const = 1' };
    for (let i = 0; i < 2; i++) expect(() => cache.get(broken)).toThrow(SourceSyntaxError);
  });

  test('saving without a file does nothing', () => {
    const cache = new TransformCache();
    cache.get(INPUT);
    cache.save();
  });
});

describe('on disk', () => {
  test('a module is found by the next process, as it was', () => {
    const { file } = createPlace();
    const first = new TransformCache(file);
    const module = first.get(INPUT);
    first.save();
    expect(JSON.parse(JSON.stringify(new TransformCache(file).get(INPUT)))).toEqual(
      JSON.parse(JSON.stringify(module)),
    );
    markOnDisk(file);
    expect(isFromDisk(new TransformCache(file))).toBe(true);
  });

  test('a module that has changed since is made anew', () => {
    const { file } = createPlace();
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    expect(isFromDisk(new TransformCache(file), { ...INPUT, source: `${INPUT.source} + 1` })).toBe(false);
  });

  test('what comes later is added, and the last one counts', () => {
    const { file } = createPlace();
    const inputs = [INPUT, { ...INPUT, file: '/site/b.ts' }, { ...INPUT, source: 'export const a = 2' }];
    for (const input of inputs) {
      const cache = new TransformCache(file);
      cache.get(input);
      cache.save();
    }
    markOnDisk(file);
    const last = new TransformCache(file);
    expect(inputs.map((input) => isFromDisk(last, input))).toEqual([false, true, false]);
    expect(isFromDisk(new TransformCache(file), inputs[2])).toBe(true);
  });

  test('nothing is written when nothing is new', () => {
    const { file } = createPlace();
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    const { mtimeMs, size } = statSync(file);
    first.save();
    const second = new TransformCache(file);
    second.get(INPUT);
    second.save();
    expect(statSync(file)).toMatchObject({ mtimeMs, size });
  });

  test('a file that is edited all day does not grow without end', () => {
    const { file, text } = createPlace();
    for (let i = 0; i < 100; i++) {
      const cache = new TransformCache(file);
      cache.get({ ...INPUT, source: `export const a = ${i}` });
      cache.save();
    }
    expect(text().split('\n').length).toBeLessThan(10);
  });

  test('a process that edits all day does not let it grow without end', () => {
    const { file, text } = createPlace();
    const cache = new TransformCache(file);
    for (let i = 0; i < 100; i++) {
      cache.get({ ...INPUT, source: `export const a = ${i}` });
      cache.save();
    }
    expect(text().split('\n').length).toBeLessThan(10);
  });

  test('only its owner can read it, and nothing is left beside it', () => {
    const { file } = createPlace();
    const cache = new TransformCache(file);
    cache.get(INPUT);
    cache.save();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });
});

describe('a cache that is of no use', () => {
  test.each([
    ['empty', ''],
    ['of another kind', '{"format":"1","entries":[]}'],
    ['binary', '\u0000\u0001\n\u0002\t\t\t\n'],
  ])('because it is %s is written anew', (_what, text) => {
    const file = path.join(temporaryFolder({ cache: text }), 'cache');
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    expect(isFromDisk(new TransformCache(file))).toBe(true);
  });

  test('because it is of another version of Node is not used', () => {
    const { file, text } = createPlace();
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    writeFileSync(file, text().replace(process.version, 'v1.2.3'));
    expect(isFromDisk(new TransformCache(file))).toBe(false);
  });

  test('because its end is missing serves what is whole, and makes the rest anew', () => {
    const { file } = createPlace();
    const other = { ...INPUT, file: '/site/b.ts' };
    const first = new TransformCache(file);
    for (const input of [INPUT, other]) first.get(input);
    first.save();
    markOnDisk(file);
    truncateSync(file, statSync(file).size - 10);
    const second = new TransformCache(file);
    expect([INPUT, other].map((input) => isFromDisk(second, input))).toEqual([true, false]);
  });

  test('because its end is missing is whole again after the next save', () => {
    const { file } = createPlace();
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    truncateSync(file, statSync(file).size - 10);
    const second = new TransformCache(file);
    second.get({ ...INPUT, file: '/site/b.ts' });
    second.save();
    markOnDisk(file);
    expect(isFromDisk(new TransformCache(file), { ...INPUT, file: '/site/b.ts' })).toBe(true);
  });

  test('because a bit in it is wrong is made anew', () => {
    const { file, text } = createPlace();
    const cache = new TransformCache(file);
    const module = cache.get(INPUT);
    cache.save();
    const wrong = text().replace('./b.ts', './c.ts');
    expect(wrong).not.toBe(text());
    writeFileSync(file, wrong);
    expect(new TransformCache(file).get(INPUT)).toEqual(module);
  });

  test('because its folder cannot be written is done without', () => {
    const file = path.join(temporaryFolder({ 'a-file': '' }), 'a-file/in/transforms');
    const cache = new TransformCache(file);
    const module = cache.get(INPUT);
    cache.save();
    expect([existsSync(file), cache.get(INPUT) === module]).toEqual([false, true]);
  });

  test('because the project has been moved does not make its folder again', () => {
    const root = path.join(temporaryFolder(), 'moved');
    const cache = new TransformCache(
      cacheFileFor(
        root,
        {},
        () => '/home/me',
        () => true,
      ),
    );
    cache.get(INPUT);
    cache.save();
    expect(existsSync(root)).toBe(false);
  });

  test('because it is a folder is done without', () => {
    const file = temporaryFolder();
    chmodSync(file, 0o700);
    const cache = new TransformCache(file);
    cache.get(INPUT);
    cache.save();
    expect(readdirSync(file)).toEqual([]);
  });
});

describe('the place of the cache', () => {
  const home = () => '/home/me';

  test('is beside the packages of the site', () => {
    expect(cacheFileFor('/site', {}, home, (p) => p === '/site/node_modules')).toMatch(
      /^\/site\/node_modules\/\.cache\/startproject\/\w+\.json$/,
    );
  });

  test('is another one for each site, since sites may share their packages', () => {
    expect(cacheFileFor('/a', {}, home, () => false)).not.toBe(cacheFileFor('/b', {}, home, () => false));
  });

  test('is with the user’s other caches when the site has no packages', () => {
    expect(cacheFileFor('/site', {}, home, () => false)).toMatch(
      /^\/home\/me\/\.cache\/startproject\/\w+\.json$/,
    );
  });

  test('is where XDG_CACHE_HOME says', () => {
    expect(cacheFileFor('/site', { XDG_CACHE_HOME: '/var/x' }, home, () => false)).toMatch(
      /^\/var\/x\/startproject\/\w+\.json$/,
    );
  });

  test('is another for every site', () => {
    const places = ['/a', '/b'].map((root) => cacheFileFor(root, {}, home, () => false));
    expect(new Set(places).size).toBe(2);
  });
});
