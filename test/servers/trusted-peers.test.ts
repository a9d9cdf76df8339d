import { expect, test } from 'vitest';
import { TrustedPeers } from '../../src/servers/trusted-peers.ts';

test.each<[readonly string[], string | undefined, boolean]>([
  [['127.0.0.1'], '127.0.0.1', true],
  [['127.0.0.1'], '127.0.0.2', false],
  [['10.0.0.0/8'], '10.255.0.1', true],
  [['10.0.0.0/8'], '11.0.0.1', false],
  [['0.0.0.0/0'], '192.0.2.1', true],
  [['0.0.0.0/0'], '::1', false],
  [['192.0.2.1/32'], '192.0.2.1', true],
  [['192.0.2.1/32'], '192.0.2.2', false],
  [['::1'], '0:0:0:0:0:0:0:1', true],
  [['2001:db8::/32'], '2001:db8:1::9', true],
  [['2001:db8::/32'], '2001:db9::', false],
  [['fe80::/10'], 'fe80::1%eth0', true],
  [['*'], '203.0.113.9', true],
  [['*'], undefined, true],
  [['unix'], undefined, true],
  [['unix'], '127.0.0.1', false],
  [['127.0.0.1'], undefined, false],
  [['127.0.0.1'], '127.0.0.01', false],
  [[], '127.0.0.1', false],
])('of %j, %s is one: %s', (entries, address, expected) => {
  expect(new TrustedPeers(entries, 'list').has(address)).toBe(expected);
});

test.each([
  'localhost',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '::/129',
  '',
  '/8',
  '10.0.0',
])('an entry %j is refused with the name of the list', (entry) => {
  expect(() => new TrustedPeers(['::1', entry], '--forwarded-allow-ips')).toThrow(
    `--forwarded-allow-ips has ${JSON.stringify(entry)}, which is not an address.`,
  );
});
