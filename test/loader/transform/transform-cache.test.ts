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

describe('the cache in memory', () => {
  test('the same input is transformed once', () => {
    const cache = new TransformCache();
    expect(cache.get(INPUT)).toBe(cache.get({ ...INPUT, options: {} }));
  });

  test.each<[string, Partial<TransformInput>]>([
    ['source', { source: 'export const a = 2' }],
    ['kind', { kind: 'cjs' }],
    ['compiler options', { options: { verbatimModuleSyntax: true } }],
  ])('another %s gives another module', (_what, more) => {
    const cache = new TransformCache();
    expect(cache.get({ ...INPUT, ...more })).not.toBe(cache.get(INPUT));
  });

  test('two files with the same content are two modules', () => {
    const cache = new TransformCache();
    expect(cache.get({ ...INPUT, file: '/site/b.ts' })).not.toBe(cache.get(INPUT));
  });

  test('a file with an error is transformed again', () => {
    const cache = new TransformCache();
    const broken = { ...INPUT, source: 'const = 1' };
    for (let i = 0; i < 2; i++) expect(() => cache.get(broken)).toThrow(SourceSyntaxError);
  });

  test('save() without a file does nothing', () => {
    const cache = new TransformCache();
    cache.get(INPUT);
    cache.save();
  });
});

describe('the cache on disk', () => {
  test('the next process gets an equal module', () => {
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

  test('a changed module is transformed again', () => {
    const { file } = createPlace();
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    expect(isFromDisk(new TransformCache(file), { ...INPUT, source: `${INPUT.source} + 1` })).toBe(false);
  });

  test('new entries are appended, and the last one of a file is used', () => {
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

  test('nothing is written when there are no new entries', () => {
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

  test('the file does not grow without limit when a module is edited often', () => {
    const { file, text } = createPlace();
    for (let i = 0; i < 100; i++) {
      const cache = new TransformCache(file);
      cache.get({ ...INPUT, source: `export const a = ${i}` });
      cache.save();
    }
    expect(text().split('\n').length).toBeLessThan(10);
  });

  test('the file does not grow without limit when one process edits a module often', () => {
    const { file, text } = createPlace();
    const cache = new TransformCache(file);
    for (let i = 0; i < 100; i++) {
      cache.get({ ...INPUT, source: `export const a = ${i}` });
      cache.save();
    }
    expect(text().split('\n').length).toBeLessThan(10);
  });

  test('only its owner can read the file, and no temporary file is left', () => {
    const { file } = createPlace();
    const cache = new TransformCache(file);
    cache.get(INPUT);
    cache.save();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });
});

describe('a damaged cache', () => {
  test.each([
    ['empty', ''],
    ['of another kind', '{"format":"1","entries":[]}'],
    ['binary', '\u0000\u0001\n\u0002\t\t\t\n'],
  ])('that is %s is written anew', (_what, text) => {
    const file = path.join(temporaryFolder({ cache: text }), 'cache');
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    expect(isFromDisk(new TransformCache(file))).toBe(true);
  });

  test('of another version of Node is not used', () => {
    const { file, text } = createPlace();
    const first = new TransformCache(file);
    first.get(INPUT);
    first.save();
    markOnDisk(file);
    writeFileSync(file, text().replace(process.version, 'v1.2.3'));
    expect(isFromDisk(new TransformCache(file))).toBe(false);
  });

  test('without its end gives the intact modules, and the others are transformed', () => {
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

  test('without its end is repaired by the next save', () => {
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

  test('with a wrong bit is not used for that module', () => {
    const { file, text } = createPlace();
    const cache = new TransformCache(file);
    const module = cache.get(INPUT);
    cache.save();
    const wrong = text().replace('./b.ts', './c.ts');
    expect(wrong).not.toBe(text());
    writeFileSync(file, wrong);
    expect(new TransformCache(file).get(INPUT)).toEqual(module);
  });

  test('in a folder that cannot be written is not used', () => {
    const file = path.join(temporaryFolder({ 'a-file': '' }), 'a-file/in/transforms');
    const cache = new TransformCache(file);
    const module = cache.get(INPUT);
    cache.save();
    expect([existsSync(file), cache.get(INPUT) === module]).toEqual([false, true]);
  });

  test('is not created again in the folder of a moved project', () => {
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

  test('that is a folder is not used', () => {
    const file = temporaryFolder();
    chmodSync(file, 0o700);
    const cache = new TransformCache(file);
    cache.get(INPUT);
    cache.save();
    expect(readdirSync(file)).toEqual([]);
  });
});

describe('the path of the cache', () => {
  const home = () => '/home/me';

  test('is beside the packages of the site', () => {
    expect(cacheFileFor('/site', {}, home, (p) => p === '/site/node_modules')).toMatch(
      /^\/site\/node_modules\/\.cache\/startproject\/\w+\.json$/,
    );
  });

  test('is different for sites that share their packages', () => {
    expect(cacheFileFor('/a', {}, home, () => false)).not.toBe(cacheFileFor('/b', {}, home, () => false));
  });

  test('is in the user’s cache folder when the site has no packages', () => {
    expect(cacheFileFor('/site', {}, home, () => false)).toMatch(
      /^\/home\/me\/\.cache\/startproject\/\w+\.json$/,
    );
  });

  test('is below XDG_CACHE_HOME', () => {
    expect(cacheFileFor('/site', { XDG_CACHE_HOME: '/var/x' }, home, () => false)).toMatch(
      /^\/var\/x\/startproject\/\w+\.json$/,
    );
  });

  test('is different for every site', () => {
    const places = ['/a', '/b'].map((root) => cacheFileFor(root, {}, home, () => false));
    expect(new Set(places).size).toBe(2);
  });
});
