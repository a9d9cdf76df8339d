import { expect, test } from 'vitest';
import { ProxyHeaderError } from '../../../src/servers/proxy-protocol/proxy-header.ts';
import { type ProxyVersion, readProxyHeader } from '../../../src/servers/proxy-protocol/read-proxy-header.ts';
import { Random } from '../../fuzz/_random.ts';
import { LOCAL, PROXY, SIGNATURE, TCP4, TCP6, version2 } from './_headers.ts';

const LONGEST_ADDRESS = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
const LONGEST_LINE = `PROXY UNKNOWN ${LONGEST_ADDRESS} ${LONGEST_ADDRESS} 65535 65535\r\n`;
const REQUEST = 'GET / HTTP/1.1\r\n';

const line = (text: string) => Buffer.from(`${text}\r\n`, 'latin1');

/** Source and destination, `-` where the header names none. */
function endsOf(bytes: Buffer): string | undefined {
  const header = readProxyHeader(bytes);
  if (header === undefined) return undefined;
  const { source, destination } = header;
  return [source, destination].map((end) => (end ? `${end.address} ${end.port}` : '-')).join(' ');
}

const VALID: readonly (readonly [string, Buffer, string])[] = [
  ['a TCP4 line', line('PROXY TCP4 203.0.113.9 192.0.2.1 5123 443'), '203.0.113.9 5123 192.0.2.1 443'],
  ['a TCP6 line', line('PROXY TCP6 2001:db8::1 ::1 0 65535'), '2001:db8::1 0 ::1 65535'],
  ['an UNKNOWN line', line('PROXY UNKNOWN'), '- -'],
  ['the longest line', Buffer.from(LONGEST_LINE), '- -'],
  ['TCP over IPv4', version2(PROXY, 0x11, TCP4), '203.0.113.9 5123 192.0.2.1 443'],
  ['TCP over IPv6', version2(PROXY, 0x21, TCP6), '2001:db8::1 5123 ::1 443'],
  ['a unix socket', version2(PROXY, 0x31, Buffer.alloc(216)), 'undefined undefined undefined undefined'],
  ['no addresses', version2(PROXY, 0x00, Buffer.alloc(0)), '- -'],
  ['LOCAL', version2(LOCAL, 0x00, Buffer.alloc(0)), '- -'],
  ['LOCAL with addresses', version2(LOCAL, 0x11, TCP4), '- -'],
  [
    'more behind the addresses',
    version2(PROXY, 0x11, Buffer.concat([TCP4, Buffer.alloc(300)])),
    '203.0.113.9 5123 192.0.2.1 443',
  ],
];

test.each(VALID)('%s names the ends of the connection', (_name, bytes, expected) => {
  expect(endsOf(bytes)).toBe(expected);
});

const client = (first: number) => [first, 0, 0, 0, 0];
const tlv = (type: number, value: readonly number[]) => [
  type,
  value.length >> 8,
  value.length & 0xff,
  ...value,
];

test.each<[string, readonly number[], boolean]>([
  ['by TLS', tlv(0x20, client(1)), true],
  ['by TLS, behind others', [...tlv(0x01, [104, 50]), ...tlv(0x04, []), ...tlv(0x20, client(7))], true],
  ['without TLS', tlv(0x20, client(0)), false],
  ['with a name of another type that has the same bytes', tlv(0x02, tlv(0x20, client(1))), false],
  ['in a value that is cut off', tlv(0x20, client(1)).slice(0, -1), false],
  ['in an empty value', tlv(0x20, []), false],
  ['in a type without a length', [0x20], false],
])('what follows the addresses says that the client came %s', (_name, extensions, isSecure) => {
  const content = Buffer.concat([TCP4, Buffer.from(extensions)]);
  expect(readProxyHeader(version2(PROXY, 0x11, content))).toMatchObject({ isSecure });
  expect(readProxyHeader(version2(LOCAL, 0x11, content))).toMatchObject({ isSecure: false });
});

test.each(VALID)('%s ends where its length says, however it is cut', (_name, bytes) => {
  for (let length = 0; length < bytes.length; length++) {
    expect(readProxyHeader(bytes.subarray(0, length))).toBeUndefined();
  }
  const followed = Buffer.concat([bytes, Buffer.from(REQUEST)]);
  expect(readProxyHeader(followed)).toMatchObject({ length: bytes.length });
});

test.each<[string, Buffer]>([
  ['a request', Buffer.from(REQUEST)],
  ['a TLS handshake', Buffer.from('16030100', 'hex')],
  ['a line in lower case', Buffer.from('proxy TCP4')],
  ['a line with a space before it', line(' PROXY TCP4 1.1.1.1 2.2.2.2 1 2')],
  ['a line with two spaces', line('PROXY TCP4  1.1.1.1 2.2.2.2 1 2')],
  ['a line with a space behind it', line('PROXY TCP4 1.1.1.1 2.2.2.2 1 2 ')],
  ['a line with LF in it', line('PROXY TCP4 1.1.1.1 2.2.2.2 1 2\nX')],
  ['a line without ports', line('PROXY TCP4 1.1.1.1 2.2.2.2')],
  ['a line with an address of another family', line('PROXY TCP4 ::1 ::1 1 2')],
  ['a line with a malformed address', line('PROXY TCP4 1.1.1.256 2.2.2.2 1 2')],
  ['a line with a port that is too high', line('PROXY TCP4 1.1.1.1 2.2.2.2 65536 2')],
  ['a line with a port of leading zeros', line('PROXY TCP4 1.1.1.1 2.2.2.2 01 2')],
  ['a line of another family', line('PROXY UDP4 1.1.1.1 2.2.2.2 1 2')],
  ['a line of a family that every object has', line('PROXY constructor 1.1.1.1 2.2.2.2 1 2')],
  ['a line of 108 bytes', Buffer.from(LONGEST_LINE.replace('UNKNOWN', 'UNKNOWN '))],
  ['a line without an end', Buffer.from(`PROXY ${'x'.repeat(101)}`)],
  ['version 1 in a header of version 2', version2(0x11, 0x11, TCP4)],
  ['another command', version2(0x22, 0x11, TCP4)],
  ['another family', version2(PROXY, 0x41, TCP4)],
  ['datagrams', version2(PROXY, 0x12, TCP4)],
  ['a length below that of the addresses', version2(PROXY, 0x11, TCP4, 11)],
  ['a length of IPv4 for IPv6', version2(PROXY, 0x21, TCP4)],
  ['a length of IPv6 for a unix socket', version2(PROXY, 0x31, TCP6)],
])('%s is refused', (_name, bytes) => {
  expect(() => readProxyHeader(bytes)).toThrow(ProxyHeaderError);
});

test.each<[ProxyVersion, Buffer]>([
  ['v1', version2(PROXY, 0x11, TCP4)],
  ['v2', line('PROXY TCP4 1.1.1.1 2.2.2.2 1 2')],
  ['v2', Buffer.from('P')],
  ['v1', Buffer.from('\r')],
])('where %s is asked for, the other version is refused', (version, bytes) => {
  expect(() => readProxyHeader(bytes, version)).toThrow(`does not begin with a PROXY ${version} header`);
});

const SEED = 20_260_101;
const CASES = 20_000;

test(`no bytes make it fail in another way, or take more than there is (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const outcomes = { whole: 0, refused: 0, short: 0 };
  for (let i = 0; i < CASES; i++) {
    const bytes = Buffer.from(random.pick(VALID)[1]);
    for (let changes = random.below(4); changes > 0; changes--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    const cut = bytes.subarray(0, random.chance(0.3) ? random.below(bytes.length) : bytes.length);
    const sent = random.chance(0.3) ? Buffer.concat([cut, random.bytes(random.below(64))]) : cut;
    try {
      const header = readProxyHeader(sent);
      outcomes[header === undefined ? 'short' : 'whole'] += 1;
      if (header !== undefined) expect(header.length).toBeLessThanOrEqual(sent.length);
    } catch (error) {
      expect(error, sent.toString('hex')).toBeInstanceOf(ProxyHeaderError);
      outcomes.refused += 1;
    }
  }
  expect(Math.min(outcomes.whole, outcomes.refused, outcomes.short)).toBeGreaterThan(CASES / 20);
});

test('random bytes behind the start of a header are refused, or waited for', () => {
  const random = new Random(SEED);
  for (let i = 0; i < CASES; i++) {
    const start = random.pick([SIGNATURE, Buffer.from('PROXY TCP4 '), Buffer.from('PROXY UNKNOWN')]);
    const sent = Buffer.concat([start, random.bytes(random.below(200))]);
    try {
      const header = readProxyHeader(sent);
      if (header !== undefined) expect(header.length).toBeLessThanOrEqual(sent.length);
    } catch (error) {
      expect(error, sent.toString('hex')).toBeInstanceOf(ProxyHeaderError);
    }
  }
});
