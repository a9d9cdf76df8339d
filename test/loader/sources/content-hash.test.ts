import { expect, test } from 'vitest';
import { contentHash } from '../../../src/loader/sources/content-hash.ts';

test('the same text has the same hash', () => {
  expect(contentHash('export const a = 1;')).toBe(contentHash(['export const a', ' = 1;'].join('')));
});

test('a hash is an integer that JSON represents exactly', () => {
  for (const text of ['', 'a', '€'.repeat(1000)]) {
    const hash = contentHash(text);
    expect(Number.isSafeInteger(hash)).toBe(true);
    expect(JSON.parse(JSON.stringify(hash))).toBe(hash);
  }
});

test.each([
  ['a', 'b'],
  ['', ' '],
  ['ab', 'ba'],
  ['a\n', 'a\r\n'],
  ['x', 'X'],
  ['é', 'e\u0301'],
  ['\u0000', ''],
  ['DEBUG = true', 'DEBUG = false'],
])('%j and %j have different hashes', (one, other) => {
  expect(contentHash(one)).not.toBe(contentHash(other));
});

test('200,000 similar texts have 200,000 different hashes', () => {
  const hashes = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    hashes.add(contentHash(`export const port = ${i};\n`));
    hashes.add(contentHash(`${i}\n${'export const a = 1;\n'.repeat(3)}`));
  }
  expect(hashes.size).toBe(200_000);
});
