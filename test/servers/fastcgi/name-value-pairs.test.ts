import { expect, test } from 'vitest';
import { encodePairs, fastCgiPairReader } from '../../../src/servers/fastcgi/name-value-pairs.ts';

/** Both lengths in the long form. */
function longPair(name: string, value: string): Buffer {
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(0x80000000 + name.length, 0);
  lengths.writeUInt32BE(0x80000000 + value.length, 4);
  return Buffer.concat([lengths, Buffer.from(name + value, 'latin1')]);
}

test('lengths of one byte and of four are read, each for a name and for a value', () => {
  const name = 'N'.repeat(128);
  const value = 'v'.repeat(70_000);
  const bytes = Buffer.concat([
    Buffer.from('\x01\x02A\xffb', 'latin1'),
    longPair('B', 'c'),
    longPair(name, value),
    Buffer.from('\x00\x00', 'latin1'),
  ]);
  expect(fastCgiPairReader().read(bytes)).toEqual([
    ['A', '\xffb'],
    ['B', 'c'],
    [name, value],
    ['', ''],
  ]);
});

test('what is encoded is the same when it is taken apart, around the length where the long form begins', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const pairs = [['n'.repeat(length), 'v'.repeat(length)]] as const;
    expect(fastCgiPairReader().read(Buffer.from(encodePairs(pairs), 'latin1'))).toEqual(pairs);
  }
});

test('pairs that are cut off anywhere are not pairs', () => {
  const bytes = Buffer.concat([longPair('NAME', 'value'), Buffer.from('\x01\x02Axy', 'latin1')]);
  const ends = new Set([0, longPair('NAME', 'value').length, bytes.length]);
  for (let end = 0; end <= bytes.length; end++)
    expect(fastCgiPairReader().read(bytes.subarray(0, end)) !== undefined, String(end)).toBe(ends.has(end));
});

test('a length of two gigabytes is read as such, and not as a negative number', () => {
  expect(fastCgiPairReader().read(Buffer.from('\xff\xff\xff\xff\x01ab', 'latin1'))).toBeUndefined();
  expect(fastCgiPairReader().read(Buffer.from('\x01\xff\xff\xff\xffab', 'latin1'))).toBeUndefined();
});

test('pairs are the same with a reader that has read others, of the same names or of others', () => {
  const lists = [
    [
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
    ],
    [
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
    ],
    [
      ['A', '1'],
      ['B', '22'],
      ['C', '3'],
    ],
    [
      ['A', '1'],
      ['X', ''],
      ['B', '2'],
      ['C', '3'],
    ],
    [['A', '1']],
    [
      ['', ''],
      ['B', '2'],
      ['C', 'x'.repeat(5_000)],
    ],
    [
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
      ['D', '4'],
    ],
  ] as const;
  const reader = fastCgiPairReader();
  for (const list of [...lists, ...lists])
    expect(reader.read(Buffer.from(encodePairs(list), 'latin1'))).toEqual(list);
});

test('a pair that comes again is the same object', () => {
  const reader = fastCgiPairReader();
  const read = (value: string) =>
    reader.read(
      Buffer.from(
        encodePairs([
          ['A', '1'],
          ['B', value],
        ]),
        'latin1',
      ),
    )!;
  const [first, second] = [read('x'), read('y')];
  expect(second[0]).toBe(first[0]);
  expect(second[1]).toEqual(['B', 'y']);
});
