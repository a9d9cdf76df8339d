import { describe, expect, test } from 'vitest';
import { HttpRefusal } from '../../../src/servers/http/request/refusal.ts';
import { PONG, readUwsgiHeader, UwsgiPacketReader } from '../../../src/servers/uwsgi/uwsgi-packet.ts';
import { header, sizedText, uwsgiPacket } from './_uwsgi.ts';

const VARIABLES = [
  ['REQUEST_METHOD', 'GET'],
  ['QUERY_STRING', ''],
  ['HTTP_X', `\xff${'x'.repeat(300)}`],
  ['HTTP_X', 'again'],
] as const;
const LIMIT = 65_536;
const reader = new UwsgiPacketReader();

describe('a packet by uwsgi', () => {
  test('has its kind and size as soon as its header has come, wherever the bytes are cut', () => {
    const packet = uwsgiPacket(VARIABLES);
    for (let length = 0; length <= packet.length; length++) {
      expect(readUwsgiHeader(packet.subarray(0, length), LIMIT)).toEqual(
        length < 4 ? undefined : { kind: 'request', size: packet.length },
      );
    }
  });

  test('has the variables of a request', () => {
    expect(reader.read(uwsgiPacket(VARIABLES))).toEqual(VARIABLES);
  });

  test('is a request whatever modifier2 says', () => {
    expect(readUwsgiHeader(uwsgiPacket(VARIABLES, 0, 7), LIMIT)?.kind).toBe('request');
  });

  test('is a ping, which has an answer', () => {
    expect(readUwsgiHeader(header(100, 0), LIMIT)).toEqual({ kind: 'ping', size: 4 });
    expect([...PONG]).toEqual([100, 0, 0, 1]);
  });
});

describe('bytes that are not a packet by uwsgi are refused:', () => {
  test.each([
    ['modifier1 5, where a request has 0', header(5, 0)],
    ['modifier1 255, where a request has 0', Buffer.of(255)],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
  ])('%s', (reason, bytes) => {
    expect(() => readUwsgiHeader(bytes, LIMIT)).toThrow(refusal(400, reason));
  });

  test('variables that are too large', () => {
    expect(() => readUwsgiHeader(header(0, 65_533), LIMIT)).toThrow(refusal(431, 'larger than 65536 bytes'));
    expect(readUwsgiHeader(header(0, 65_532), LIMIT)?.size).toBe(65_536);
    expect(readUwsgiHeader(header(0, 65_535), Number.POSITIVE_INFINITY)?.size).toBe(65_539);
  });

  test.each([
    ['no variables', []],
    ['a variable that is cut off', [Buffer.of(1)]],
    ['a variable that is cut off', [sizedText('A')]],
    ['a variable that is cut off', [sizedText('A'), Buffer.of(1)]],
    ['a size that leads beyond the end', [sizedText('A', 2)]],
    ['a size that leads beyond the end', [sizedText('A'), sizedText('B', 2)]],
    ['a size that leads beyond the end', [sizedText('A', 65_535), sizedText('B')]],
    ['a variable without a name', [sizedText(''), sizedText('B')]],
  ])('%s', (reason, texts) => {
    const data = Buffer.concat(texts);
    expect(() => reader.read(Buffer.concat([header(0, data.length), data]))).toThrow(refusal(400, reason));
  });
});

function refusal(status: number, reason: string) {
  return expect.toSatisfy(
    (error) => error instanceof HttpRefusal && error.status === status && error.message.includes(reason),
    reason,
  );
}
