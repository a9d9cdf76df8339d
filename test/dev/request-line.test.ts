import { expect, test } from 'vitest';
import { formatAccess, roleOf } from '../../src/dev/request-line.ts';

const record: Parameters<typeof formatAccess>[0] = {
  method: 'GET',
  target: '/',
  httpVersion: '1.1',
  status: 200,
  bytes: 12,
};
const now = new Date(2026, 10, 22, 8, 0, 5);

test('a response is logged as Django does', () => {
  expect(formatAccess(record, now)).toEqual({
    time: '[22/Nov/2026 08:00:05]',
    message: '"GET / HTTP/1.1" 200 12',
    role: 'success',
  });
});

test('control characters, quotes and backslashes in a target are escaped', () => {
  const target = '/\x1b[2J\r\n"\\\x7f\x9b31m/caf\xc3\xa9';
  expect(formatAccess({ ...record, target }, now).message).toBe(
    '"GET /\\x1b[2J\\x0d\\x0a\\"\\\\\\x7f\\x9b31m/caf\xc3\xa9 HTTP/1.1" 200 12',
  );
});

test.each([
  [101, 'informational'],
  [200, 'success'],
  [301, 'redirect'],
  [304, 'not-modified'],
  [404, 'not-found'],
  [403, 'client-error'],
  [500, 'server-error'],
  [0, 'server-error'],
])('the status %i is logged as %s', (status, role) => {
  expect(roleOf(status)).toBe(role);
});

test('a target of any length is logged to its first 4,096 characters', () => {
  const { message } = formatAccess({ ...record, target: `/${'a'.repeat(100_000)}` }, now);
  expect(message).toBe(`"GET /${'a'.repeat(4_095)}… HTTP/1.1" 200 12`);
});
