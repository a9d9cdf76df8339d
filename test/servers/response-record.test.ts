import { expect, test } from 'vitest';
import { exchange, startServer } from './http/_http.ts';

test('a record knows the headers of both, and what the application has done to the environ', async () => {
  const { port, nextRecord } = await startServer(
    (environ, startResponse) => {
      environ.REMOTE_USER = 'ann';
      startResponse('200 OK', [
        ['X-Request-ID', 'abc'],
        ['Set-Cookie', 'a=b'],
        ['set-cookie', 'c=d'],
      ]);
      return [Buffer.from('hello')];
    },
    { serverHeader: 'wsgi' },
  );
  const recorded = nextRecord();
  await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: curl\r\nConnection: close\r\n\r\n');
  const record = await recorded;
  expect(record.requestHeader('user-agent')).toBe('curl');
  expect(record.requestHeader('referer')).toBeUndefined();
  expect(record.responseHeader('x-request-id')).toBe('abc');
  expect(record.responseHeader('set-cookie')).toBe('a=b, c=d');
  expect(record.responseHeader('server')).toBe('wsgi');
  expect(record.responseHeader('content-length')).toBe('5');
  expect(record.responseHeader('location')).toBeUndefined();
  expect(record.environ?.REMOTE_USER).toBe('ann');
});

test('a refused request has its headers, those of the refusal, and no environ', async () => {
  const { port, nextRecord } = await startServer(() => []);
  const recorded = nextRecord();
  await exchange(port, 'GET / HTTP/1.1\r\nUser-Agent: curl\r\n\r\n'); // no Host
  const record = await recorded;
  expect(record).toMatchObject({ status: 400, environ: undefined });
  expect(record.requestHeader('user-agent')).toBe('curl');
  expect(record.responseHeader('content-type')).toBe('text/plain; charset=utf-8');
});
