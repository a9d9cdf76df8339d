import { expect, test } from 'vitest';
import { HeadBytes } from '../../../src/servers/gateway/head-bytes.ts';

/** The first two bytes of a head are its size. */
const sizeOf = (bytes: Buffer) => (bytes.length < 2 ? undefined : bytes.readUInt16BE());
const bytes = Buffer.concat([Buffer.of(0, 6), Buffer.from('headbody')]);

test.each([1, 2, 3, 5, 6, 7, 10])(
  'a head in pieces of %d bytes is whole when the last has come',
  (length) => {
    const head = new HeadBytes(sizeOf);
    let at = 0;
    let whole: ReturnType<HeadBytes['add']>;
    while (whole === undefined) {
      expect(head.length).toBe(at);
      whole = head.add(bytes.subarray(at, at + length));
      at += length;
    }
    expect(whole.head).toEqual(bytes.subarray(0, 6));
    expect(whole.rest).toEqual(bytes.subarray(6, at));
    expect(at - length).toBeLessThan(6);
  },
);

test('a chunk of nothing changes nothing', () => {
  const head = new HeadBytes(sizeOf);
  expect(head.add(Buffer.alloc(0))).toBeUndefined();
  expect(head.add(bytes)?.head).toEqual(bytes.subarray(0, 6));
});

test('a large head in single bytes takes time that grows with its size, not with the square of it', () => {
  const head = new HeadBytes(() => 60_000);
  const byte = Buffer.of(1);
  const before = process.cpuUsage(); // other processes may take the processor meanwhile
  for (let i = 1; i < 60_000; i++) head.add(byte);
  expect(head.add(byte)?.head.length).toBe(60_000);
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});
