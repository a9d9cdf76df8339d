import { expect, test } from 'vitest';
import { formatHostPort } from '../../src/text/host-port.ts';

test('an IPv6 address is in brackets', () => {
  expect(formatHostPort({ host: '::1', port: 8000 })).toBe('[::1]:8000');
  expect(formatHostPort({ host: 'localhost', port: 80 })).toBe('localhost:80');
});
