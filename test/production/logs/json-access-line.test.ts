import { expect, test } from 'vitest';
import { compileAccessLogFormat } from '../../../src/production/logs/access-log-format.ts';
import { cutJsonLine } from '../../../src/production/logs/json-access-line.ts';
import { NOW, recordOf } from './_record.ts';

const lineOf = compileAccessLogFormat('json', () => NOW);

test('a line is an object with plain names', () => {
  const record = recordOf({
    isAborted: true,
    request: {
      referer: 'http://example.com/',
      'user-agent': 'curl/8.0',
      authorization: `Basic ${btoa('ann:x')}`,
    },
  });
  expect(JSON.parse(lineOf(record))).toEqual({
    time: '2026-11-27T02:30:00.123Z',
    client: '127.0.0.1',
    user: 'ann',
    method: 'GET',
    target: '/a?b=c',
    protocol: 'HTTP/1.1',
    status: 200,
    bytes: 12,
    durationMs: 1234.568,
    referer: 'http://example.com/',
    userAgent: 'curl/8.0',
    aborted: true,
    pid: process.pid,
  });
});

test('what a request did not have is left out', () => {
  expect(Object.keys(JSON.parse(lineOf(recordOf({ remoteAddress: undefined }))))).toEqual([
    'time',
    'method',
    'target',
    'protocol',
    'status',
    'bytes',
    'durationMs',
    'pid',
  ]);
});

test('whatever a client sends, it is one line of ASCII that gives the same text again', () => {
  const evil = '"}\n{"status":200,\\\x00\x1b[2J\x7f\x85\u2028';
  const line = lineOf(recordOf({ target: evil }));
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line).target).toBe(evil);
});

test('bytes that are UTF-8 are read as such, others one by one', () => {
  const agents = ['caf\xc3\xa9', 'caf\xe9'].map((agent) => recordOf({ request: { 'user-agent': agent } }));
  expect(agents.map((record) => JSON.parse(lineOf(record)).userAgent)).toEqual(['café', 'café']);
});

test('a line that is cut is still an object, with all its short members', () => {
  const record = recordOf({ target: `/${'é'.repeat(10_000)}`, request: { 'user-agent': 'x'.repeat(3_000) } });
  const line = cutJsonLine(lineOf(record), 4_096);
  expect(line.length).toBeLessThanOrEqual(4_096);
  expect(line.endsWith('}\n')).toBe(true);
  const { target, userAgent, cut, status, pid } = JSON.parse(line);
  expect({ cut, status, pid }).toEqual({ cut: true, status: 200, pid: process.pid });
  expect(target.length).toBeGreaterThan(100);
  expect(userAgent.length).toBeGreaterThan(100);
});
