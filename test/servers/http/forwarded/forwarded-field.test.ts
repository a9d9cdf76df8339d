import { expect, test } from 'vitest';
import { parseForwarded } from '../../../../src/servers/http/forwarded/forwarded-field.ts';

test.each<[string, readonly Record<string, string>[]]>([
  ['', []],
  ['for=192.0.2.60', [{ for: '192.0.2.60' }]],
  ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
  ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http', by: '203.0.113.43' }]],
  ['for=192.0.2.43, for=198.51.100.17', [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]],
  ['for=_hidden, for=_SEVKISEK', [{ for: '_hidden' }, { for: '_SEVKISEK' }]],
  ['for=a ; proto=b;,, host="x\\"y"', [{ for: 'a', proto: 'b' }, { host: 'x"y' }]],
  ['host="a, b";for=c', [{ host: 'a, b', for: 'c' }]],
  ['for=2001:db8::1', [{ for: '2001:db8::1' }]],
  ['__proto__=x', [JSON.parse('{ "__proto__": "x" }')]],
])('%s says what each proxy has said', (header, expected) => {
  expect(JSON.stringify(parseForwarded(header))).toBe(JSON.stringify(expected));
});

test.each([
  'for',
  'for=',
  'for="a',
  'for=a b',
  'for=a;for=b',
  'for=a"b"',
  '=a',
  'for =a',
  'for="a\\"',
  'a=b"',
])('%s is malformed', (header) => {
  expect(parseForwarded(header)).toBeUndefined();
});

// Each of these would take the square of its length by a pattern that tries ends twice.
test.each(['"', ' ', '\\', 'a', ';', ',', 'a=b,', 'a="'])(
  'a long run of %j takes no longer than its length',
  (text) => {
    parseForwarded(text.repeat(500_000));
    parseForwarded(`${text.repeat(500_000)}=`);
  },
);
