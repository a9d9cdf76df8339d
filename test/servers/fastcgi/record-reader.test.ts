import { expect, test } from 'vitest';
import { RecordReader } from '../../../src/servers/fastcgi/record-reader.ts';
import { frame } from './_fastcgi.ts';

/** Takes down all records, whatever parts their contents come in. */
function reading() {
  const records: { type: number; id: number; length: number; content: string; isEnded: boolean }[] = [];
  const versions: number[] = [];
  const reader = new RecordReader({
    recordBegan: (type, id, length) => void records.push({ type, id, length, content: '', isEnded: false }),
    recordContent: (bytes) => {
      records.at(-1)!.content += bytes.toString('latin1');
    },
    recordEnded: () => {
      records.at(-1)!.isEnded = true;
    },
    wrongVersion: (version) => void versions.push(version),
  });
  return { reader, records, versions };
}

const BYTES = Buffer.concat([
  frame(1, 1, 'begin', { padding: 3 }),
  frame(5, 258, 'a\xffb', { padding: 255 }),
  frame(5, 65_535),
  frame(4, 1, '', { padding: 7 }),
]);
const RECORDS = [
  { type: 1, id: 1, length: 5, content: 'begin', isEnded: true },
  { type: 5, id: 258, length: 3, content: 'a\xffb', isEnded: true },
  { type: 5, id: 65_535, length: 0, content: '', isEnded: true },
  { type: 4, id: 1, length: 0, content: '', isEnded: true },
];

test('records are the same wherever they are split', () => {
  for (let first = 0; first <= BYTES.length; first++) {
    const { reader, records } = reading();
    reader.read(BYTES.subarray(0, first));
    reader.read(BYTES.subarray(first));
    expect(records).toEqual(RECORDS);
    expect(reader.isPartial).toBe(false);
  }
});

test('records are the same when they come byte by byte', () => {
  const { reader, records } = reading();
  for (let at = 0; at < BYTES.length; at++) reader.read(BYTES.subarray(at, at + 1));
  expect(records).toEqual(RECORDS);
});

test('content is given as it comes, as a view of what was read', () => {
  const parts: Buffer[] = [];
  const reader = new RecordReader({
    recordBegan: () => {},
    recordContent: (bytes) => void parts.push(bytes),
    recordEnded: () => {},
    wrongVersion: () => {},
  });
  const bytes = frame(5, 1, 'x'.repeat(100));
  reader.read(bytes.subarray(0, 50));
  expect(parts.map(({ length, buffer }) => [length, buffer === bytes.buffer])).toEqual([[42, true]]);
  expect(reader.isPartial).toBe(true);
});

test('a record of another version is refused by its first byte, and nothing behind it is read', () => {
  const { reader, records, versions } = reading();
  reader.read(Buffer.concat([frame(1, 1, 'a'), Buffer.from([2]), frame(1, 1, 'b')]));
  reader.read(frame(1, 1, 'c'));
  expect(versions).toEqual([2]);
  expect(records).toHaveLength(1);
});
