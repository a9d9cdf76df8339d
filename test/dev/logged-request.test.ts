import { expect, test } from 'vitest';
import { loggedRequest } from '../../src/dev/logged-request.ts';
import type { ResponseRecord } from '../../src/servers/response-record.ts';

const facts = {
  method: 'GET',
  target: '/',
  httpVersion: '1.1',
  status: 200,
  bytes: 12,
  durationMs: 3.14,
};
const record: ResponseRecord = {
  ...facts,
  remoteAddress: undefined,
  isAborted: false,
  environ: undefined,
  requestHeader: () => undefined,
  responseHeader: () => undefined,
};

test('a long target is logged up to its first 4,096 characters', () => {
  const { target } = loggedRequest({ ...record, target: `/${'a'.repeat(100_000)}` });
  expect(target).toBe(`/${'a'.repeat(4_095)}…`);
});

test('the log data of a response has its text for wsgi.errors, and who broke it off', () => {
  expect(loggedRequest(record)).toEqual(facts);
  expect(loggedRequest({ ...record, isAborted: true }, 'TypeError: no')).toEqual({
    ...facts,
    brokenOffBy: 'server',
    error: 'TypeError: no',
  });
});
