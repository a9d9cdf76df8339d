import { expect, test } from 'vitest';
import { clientErrorNotice } from '../../../src/servers/http/client-error-notice.ts';
import type { ClientErrorRecord } from '../../../src/servers/http/request/refusal.ts';

const RECORD: ClientErrorRecord = {
  kind: 'malformed',
  status: 400,
  message: 'Invalid method encountered',
  remoteAddress: '127.0.0.1',
  requestLine: undefined,
};

test('a request that is not HTTP is reported with its response and the reason', () => {
  expect(clientErrorNotice(RECORD)).toBe('Refused with 400, Invalid method encountered');
});

test('a request that began has its first line', () => {
  expect(clientErrorNotice({ ...RECORD, requestLine: 'GE T / HTTP/1.1' })).toBe(
    'Refused with 400, Invalid method encountered: "GE T / HTTP/1.1"',
  );
});

test('an incomplete request is reported with its status', () => {
  const record = { ...RECORD, kind: 'timeout', status: 408, message: 'Request timeout' } as const;
  expect(clientErrorNotice(record)).toBe('Refused with 408, Request timeout');
});

test('HTTPS on a port for HTTP is reported as HTTPS', () => {
  expect(clientErrorNotice({ ...RECORD, kind: 'tls', requestLine: '\x16\x03\x01' })).toBe(
    'A client tried HTTPS, but this server only speaks HTTP: open the http:// address.',
  );
});

test('what a client sent cannot steer the terminal', () => {
  const notice = clientErrorNotice({ ...RECORD, requestLine: 'GET /\x1b[2J"\n', message: 'bad\x07' });
  expect(notice).toBe('Refused with 400, bad\\x07: "GET /\\x1b[2J\\"\\x0a"');
});

test('a long line is reported with its beginning', () => {
  const notice = clientErrorNotice({ ...RECORD, requestLine: `CONNECT ${'a'.repeat(100_000)}` });
  expect(notice).toBe(`Refused with 400, Invalid method encountered: "CONNECT ${'a'.repeat(192)}"`);
});
