import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isDecodedByFetch, isEncoded } from '../../../src/web/response/content-coding.ts';

const OWN_TEXT = readFileSync(fileURLToPath(import.meta.url));

const ENCODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
};
const CODINGS = Object.keys(ENCODERS);

describe.each(CODINGS)('%s', (coding) => {
  const encode = ENCODERS[coding]!;

  test.each(['ok', 'x'.repeat(1_000_000)])('is found in what was encoded', (text) => {
    expect(isEncoded(coding, encode(Buffer.from(text)), true)).toBe(true);
  });

  test('is found in the first block of many', () => {
    const encoded = encode(randomBytes(100_000));
    expect(isEncoded(coding, encoded.subarray(0, 16_384), false)).toBe(true);
  });

  test('is not found in a text, wherever it begins and ends', () => {
    for (let start = 0; start < OWN_TEXT.length; start += 7) {
      for (const length of [1, 2, 5, 20, 200, 5_000]) {
        const text = OWN_TEXT.subarray(start, start + length);
        expect(isEncoded(coding, text, true)).toBe(false);
        expect(isEncoded(coding, text, false)).toBe(false);
      }
    }
  });

  test('is not found in text that is not UTF-8, nor in an image', () => {
    expect(isEncoded(coding, Buffer.from('Grüße, und mehr als das', 'latin1'), true)).toBe(false);
    expect(isEncoded(coding, Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), true)).toBe(false);
  });
});

test('the last of several codings counts', () => {
  const gzipped = zlib.gzipSync('text');
  expect(isEncoded('br, GZIP', gzipped, true)).toBe(true);
  expect(isEncoded('gzip, br', gzipped, true)).toBe(false);
});

test('what is in another coding is left as it is', () => {
  expect(isEncoded('compress', Buffer.from('text'), true)).toBe(true);
});

test('fetch() decodes the codings that every fetch() knows', () => {
  expect(isDecodedByFetch('gzip')).toBe(true);
  expect(isDecodedByFetch('Deflate,br')).toBe(true);
  expect(isDecodedByFetch('gzip, compress')).toBe(false);
});
