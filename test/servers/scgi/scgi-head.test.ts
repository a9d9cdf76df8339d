import { describe, expect, test } from 'vitest';
import { HttpRefusal } from '../../../src/servers/http/request/refusal.ts';
import { ScgiHeadReader, scgiHeadSize } from '../../../src/servers/scgi/scgi-head.ts';
import { netstring, scgiHead } from './_scgi.ts';

// https://python.ca/scgi/protocol.txt, the example.
const EXAMPLE: readonly (readonly [string, string])[] = [
  ['CONTENT_LENGTH', '27'],
  ['SCGI', '1'],
  ['REQUEST_METHOD', 'POST'],
  ['REQUEST_URI', '/deepthought'],
];
const LIMIT = 65_536;
const reader = new ScgiHeadReader();

describe('a head by SCGI', () => {
  test('is that of the example in its specification', () => {
    const head = scgiHead(EXAMPLE);
    expect(head.toString('latin1', 0, 18)).toBe('70:CONTENT_LENGTH\0');
    expect(scgiHeadSize(head, LIMIT)).toBe(head.length);
    expect(reader.read(head)).toEqual(EXAMPLE);
  });

  test('has its size as soon as the colon has come, wherever the bytes are cut', () => {
    const head = scgiHead(EXAMPLE);
    const colon = head.indexOf(':');
    const sizes = Array.from(head, (_, length) => scgiHeadSize(head.subarray(0, length), LIMIT));
    expect(sizes.slice(0, colon + 1)).toEqual(Array(colon + 1).fill(undefined));
    expect(new Set(sizes.slice(colon + 1))).toEqual(new Set([head.length]));
  });

  test('has a size that the body behind it does not change', () => {
    const head = scgiHead(EXAMPLE);
    expect(scgiHeadSize(Buffer.concat([head, Buffer.from('99:the body')]), LIMIT)).toBe(head.length);
  });

  test('keeps empty values, bytes beyond ASCII and headers that came twice', () => {
    const variables = [
      ['CONTENT_LENGTH', '0'],
      ['SCGI', '1'],
      ['A', ''],
      ['B', '\xff,:'],
      ['A', '2'],
    ] as const;
    expect(reader.read(scgiHead(variables))).toEqual(variables);
  });
});

const fields = (...texts: string[]) => netstring(texts.map((text) => `${text}\0`).join(''));

describe('bytes that are not a head by SCGI are refused:', () => {
  test.each([
    ['no length', ':,'],
    ['HTTP', 'GET / HTTP/1.1\r\n'],
    ['something else than a length at the beginning', 'x'],
    ['something else than a length at the beginning', '12 :'],
    ['something else than a length at the beginning', '-1:'],
    ['something else than a length at the beginning', '\x01\x01\x00\x01'],
    ['a length that begins with 0', '012:'],
    ['a length that begins with 0', '00'],
  ])('%s', (reason, text) => {
    expect(() => scgiHeadSize(Buffer.from(text, 'latin1'), LIMIT)).toThrow(refusal(400, reason));
  });

  test.each([
    ['no comma behind the headers', Buffer.from('3:A\0B;', 'latin1')],
    ['headers that do not end with a NUL', netstring('CONTENT_LENGTH\x000\0SCGI\x001')],
    ['no CONTENT_LENGTH at the beginning', netstring('')],
    ['a header without a value', fields('CONTENT_LENGTH', '0', 'SCGI')],
    ['a header without a name', fields('CONTENT_LENGTH', '0', 'SCGI', '1', '', 'x')],
    ['no CONTENT_LENGTH at the beginning', fields('SCGI', '1')],
    ['CONTENT_LENGTH elsewhere than at the beginning', fields('SCGI', '1', 'CONTENT_LENGTH', '0')],
    [
      'CONTENT_LENGTH elsewhere than at the beginning',
      fields('CONTENT_LENGTH', '0', 'SCGI', '1', 'CONTENT_LENGTH', '0'),
    ],
    ['a CONTENT_LENGTH that is not a number', fields('CONTENT_LENGTH', '', 'SCGI', '1')],
    ['a CONTENT_LENGTH that is not a number', fields('CONTENT_LENGTH', '-1', 'SCGI', '1')],
    ['a CONTENT_LENGTH that is not a number', fields('CONTENT_LENGTH', '9'.repeat(16), 'SCGI', '1')],
    ['no header SCGI with the value 1', fields('CONTENT_LENGTH', '0')],
    ['another version of SCGI than 1', fields('CONTENT_LENGTH', '0', 'SCGI', '2')],
  ])('%s', (reason, head) => {
    expect(() => reader.read(head)).toThrow(refusal(400, reason));
  });

  test.each(['65534:', '9999999999', '1000000000:'])('headers that are too large: %s', (text) => {
    expect(() => scgiHeadSize(Buffer.from(text), LIMIT)).toThrow(refusal(431, 'larger than 65536 bytes'));
  });
});

function refusal(status: number, reason: string) {
  return expect.toSatisfy(
    (error) => error instanceof HttpRefusal && error.status === status && error.message.includes(reason),
    reason,
  );
}
