import type { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { servedUrls } from '../../../src/cli/terminal/served-urls.ts';

const INTERFACES = {
  lo: [
    { address: '127.0.0.1', family: 'IPv4', internal: true },
    { address: '::1', family: 'IPv6', internal: true },
  ],
  eth0: [
    { address: '192.0.2.7', family: 'IPv4', internal: false },
    { address: '2001:db8::7', family: 'IPv6', internal: false },
    { address: 'fe80::7', family: 'IPv6', internal: false },
  ],
} as unknown as ReturnType<typeof networkInterfaces>;

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8000/', []],
  ['localhost', 'http://localhost:8000/', []],
  ['192.0.2.7', 'http://192.0.2.7:8000/', ['http://192.0.2.7:8000/']],
  ['0.0.0.0', 'http://127.0.0.1:8000/', ['http://192.0.2.7:8000/']],
  ['::', 'http://[::1]:8000/', ['http://192.0.2.7:8000/', 'http://[2001:db8::7]:8000/']],
])('a server at %s is opened at %s, by others at %j', (host, local, network) => {
  expect(servedUrls({ host, port: 8000 }, 'http', () => INTERFACES)).toEqual({ local, network });
});
