import { expect, test } from 'vitest';
import { formatAccess, formatDuration, formatTime, roleOf } from '../../src/dev/request-line.ts';

const facts = {
  method: 'GET',
  target: '/',
  httpVersion: '1.1',
  status: 200,
  bytes: 12,
  durationMs: 3.14,
};

test("a response is logged in Django's format, with its duration", () => {
  expect(formatAccess(facts)).toEqual({
    message: '"GET / HTTP/1.1" 200 12',
    duration: ' in 3.1 ms',
    role: 'success',
  });
});

test('the log has the local time', () => {
  expect(formatTime(new Date(2026, 10, 22, 8, 0, 5))).toBe('[22/Nov/2026 08:00:05]');
});

test('a client that disconnected before a response has a log line of low importance', () => {
  const line = formatAccess({ ...facts, status: 0, bytes: 0, brokenOffBy: 'client' });
  expect(line).toMatchObject({
    message: '"GET / HTTP/1.1" - 0',
    duration: ' in 3.1 ms, disconnected',
    role: 'disconnect',
  });
});

test('a response that the server broke off is logged as such, with the colour of its status', () => {
  const line = formatAccess({ ...facts, brokenOffBy: 'server' });
  expect([line.duration, line.role]).toEqual([' in 3.1 ms, broken off', 'success']);
});

test.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [20.6, '21 ms'],
  [999, '999 ms'],
  [1_549, '1.5 s'],
  [60_000, '60.0 s'],
])('%d ms are written as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('control characters, quotes and backslashes in a target are escaped', () => {
  const target = '/\x1b[2J\r\n"\\\x7f\x9b31m/caf\xc3\xa9';
  expect(formatAccess({ ...facts, target }).message).toBe(
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
