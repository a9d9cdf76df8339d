import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CodeCache } from '../../src/worker/code-cache.ts';
import { temporaryFolder } from '../_temp-folder.ts';

const require = createRequire(import.meta.url);

const FILES = {
  'main.cjs': `const { double } = require('./math/double.cjs');
exports.answer = double(21);
exports.place = [__filename, __dirname, module.filename];
exports.late = () => require('./late.cjs');`,
  'math/double.cjs': "exports.double = (n) => n * 2; exports.main = require('../main.cjs');",
  'late.cjs': "exports.os = require('node:os');",
};

interface Main {
  readonly answer: number;
  readonly place: readonly string[];
  late(): { readonly os: typeof import('node:os') };
}

/** Another process finds nothing loaded yet. */
function forgetLoaded(folder: string): void {
  for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
}

function load(folder: string, file: string | undefined, build = '1'): { cache: CodeCache; main: Main } {
  forgetLoaded(folder);
  const cache = new CodeCache(file, { name: build, root: folder });
  return { cache, main: cache.load(path.join(folder, 'main.cjs')) as Main };
}

test('load() loads CommonJS files as Node does, with circular imports', () => {
  const folder = temporaryFolder(FILES);
  const { main } = load(folder, undefined);
  const file = path.join(folder, 'main.cjs');
  expect(main.answer).toBe(42);
  expect(main.place).toEqual([file, folder, file]);
  expect(main.late().os).toBe(require('node:os'));
});

test("require() and load() find each other's modules", () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'main.cjs');
  const { cache, main } = load(folder, undefined);
  expect(require(file)).toBe(main);
  const late = require(path.join(folder, 'late.cjs'));
  expect(cache.load(path.join(folder, 'late.cjs'))).toBe(late);
});

test('the next process uses the compiled code of this one, and saves nothing', async () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'in/cache/code');
  await load(folder, file).cache.save();
  const bytes = readFileSync(file);
  expect(readdirSync(path.dirname(file))).toEqual(['code']);
  writeFileSync(file, bytes);
  const next = load(folder, file);
  expect(next.main.answer).toBe(42);
  // Were anything compiled anew, this would write.
  writeFileSync(file, '');
  await next.cache.save();
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('a file that is used for the first time is added', async () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'code');
  await load(folder, file).cache.save();
  const size = readFileSync(file).length;
  const { cache, main } = load(folder, file);
  main.late();
  await cache.save();
  expect(readFileSync(file).length).toBeGreaterThan(size);
});

test('code that one process does not use is kept for another that does', async () => {
  const folder = temporaryFolder({ ...FILES, 'other.cjs': 'exports.other = 1;' });
  const file = path.join(folder, 'code');
  await load(folder, file).cache.save();
  forgetLoaded(folder);
  const another = new CodeCache(file, { name: '1', root: folder });
  another.load(path.join(folder, 'other.cjs'));
  await another.save();
  const { cache } = load(folder, file);
  cache.load(path.join(folder, 'other.cjs'));
  writeFileSync(file, '');
  await cache.save();
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('copies of a build share one cache, and have their own paths', async () => {
  const files = {
    ...FILES,
    'main.cjs': `${FILES['main.cjs']}\nexports.stack = () => new Error('here').stack;`,
  };
  const [one, two] = [temporaryFolder(files), temporaryFolder(files)];
  const file = path.join(one, 'code');
  await load(one, file).cache.save();
  const size = readFileSync(file).length;
  const { cache, main } = load(two, file);
  expect(main.place[0]).toBe(path.join(two, 'main.cjs'));
  expect((main as unknown as { stack(): string }).stack()).toContain(path.join(two, 'main.cjs'));
  await cache.save();
  expect(readFileSync(file).length).toBeLessThan(size * 1.5);
});

test('the cache of another build is not used, even if its files have the same lengths', async () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'code');
  await load(folder, file).cache.save();
  writeFileSync(path.join(folder, 'main.cjs'), FILES['main.cjs'].replace('21', '11'));
  expect(load(folder, file, '2').main.answer).toBe(22);
});

test('a cache with wrong bits is not used', async () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'code');
  await load(folder, file).cache.save();
  const bytes = readFileSync(file);
  for (let bit = 0; bit < bytes.length * 8; bit += 997) {
    const wrong = Buffer.from(bytes);
    wrong[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(file, wrong);
    const { cache, main } = load(folder, file);
    expect(main.answer).toBe(42);
    await cache.save();
    // Were it in use, there would be nothing to save.
    expect(readFileSync(file).equals(wrong), `bit ${bit}`).toBe(false);
  }
});

test.each(['cut', 'garbled', 'empty'])('a cache that is %s is not used, and written anew', async (how) => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'code');
  await load(folder, file).cache.save();
  const bytes = readFileSync(file);
  const broken = {
    cut: bytes.subarray(0, bytes.length / 2),
    garbled: garbled(bytes),
    empty: Buffer.alloc(0),
  };
  writeFileSync(file, broken[how as keyof typeof broken]);
  const { cache, main } = load(folder, file);
  expect(main.answer).toBe(42);
  await cache.save();
  expect(readFileSync(file).length).toBe(bytes.length);
});

/** Everything after the header is other than it was. */
function garbled(bytes: Buffer): Buffer {
  const start = bytes.indexOf('\n', bytes.indexOf('\n') + 1) + 1;
  return Buffer.from(bytes.map((byte, index) => (index < start ? byte : byte ^ 0x55)));
}

test('a folder that cannot be written is ignored', async () => {
  const folder = temporaryFolder({ ...FILES, 'a-file': '' });
  const file = path.join(folder, 'a-file/code');
  const { cache, main } = load(folder, file);
  await cache.save();
  expect([main.answer, existsSync(file)]).toEqual([42, false]);
});

test.skipIf(process.platform === 'win32')('a pipe in the place of the cache does not block', () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'cache');
  execFileSync('mkfifo', [file]);
  expect(load(folder, file).main.answer).toBe(42);
});

test('an old unfinished file of a killed process is removed, and the next process writes again', async () => {
  const folder = temporaryFolder(FILES);
  const file = path.join(folder, 'cache/code');
  const leftover = `${file}.new`;
  mkdirSync(path.dirname(file));
  writeFileSync(leftover, 'half of it');
  await load(folder, file).cache.save();
  expect(readdirSync(path.dirname(file))).toEqual(['code.new']); // another process may be writing it
  utimesSync(leftover, 0, 0);
  await load(folder, file).cache.save();
  expect(readdirSync(path.dirname(file))).toEqual([]);
  await load(folder, file).cache.save();
  expect(readdirSync(path.dirname(file))).toEqual(['code']);
});
