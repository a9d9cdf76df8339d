import { expect, test } from 'vitest';
import { deathCertificate } from '../../../src/production/parent/death-certificate.ts';

const VITALS = {
  requests: 7,
  openRequests: 2,
  connections: 3,
  rss: 64 * 1024 * 1024,
  heapUsed: 8 * 1024 * 1024,
  heapLimit: 4096 * 1024 * 1024,
  inHand: [
    { method: 'GET', target: '/report?\u001b[31m', ageMs: 31_234, client: '10.0.0.7' },
    { method: 'POST', target: '/upload', ageMs: 20, client: undefined },
  ],
};

const WORKER = {
  pid: 42,
  startedAt: 0,
  vitals: VITALS,
  vitalsAt: 99_500,
  lastWords: undefined,
  killedFor: undefined,
  killedAt: undefined,
};

const NOW = 100_000;

test('a worker that was killed: why, where, its requests, its memory', () => {
  const killed = {
    ...WORKER,
    killedFor: 'it did not answer for 30 s (--timeout)',
    killedAt:
      '    at spin (/srv/site/urls.ts:4:22)\n    at process.processTimers (node:internal/timers:519:7)',
  };
  expect(deathCertificate(killed, { code: null, signal: 'SIGKILL' }, NOW)).toBe(
    [
      'Worker 42 died: it did not answer for 30 s (--timeout).',
      'It was here:',
      '  at spin (/srv/site/urls.ts:4:22)',
      '  (1 frames of the server or of Node)',
      'Open requests: 2',
      '  GET /report?\\x1b[31m  for 31.2 s  from 10.0.0.7',
      '  POST /upload  for 0.0 s',
      'Memory: 64 MiB resident; heap 8 of 4096 MiB.',
      'It had answered 7 requests in 100.0 s.',
    ].join('\n'),
  );
});

test.each([
  [{ code: null, signal: 'SIGKILL' }, 'SIGKILL ended it'],
  [{ code: null, signal: 'SIGKILL', isCutOff: true }, 'closed the channel to the arbiter'],
  [{ code: null, signal: 'SIGABRT' }, 'its heap is full'],
  [{ code: 134, signal: null }, 'its heap is full'],
  [{ code: null, signal: 'SIGSEGV' }, 'SIGSEGV ended it'],
  [{ code: 3, signal: null }, 'exit code 3'],
  [{ code: null, signal: null, error: new Error('spawn EAGAIN') }, 'could not be started (spawn EAGAIN)'],
] as const)('the end %j is told as %j', (exit, text) => {
  expect(deathCertificate(WORKER, exit, NOW)).toContain(text);
});

test('what was known half a second before is marked as that', () => {
  const text = deathCertificate(WORKER, { code: null, signal: 'SIGKILL' }, NOW);
  expect(text).toContain('Open requests, 0.5 s before: 2');
});

test('a worker that ended before it could say anything has one line', () => {
  const early = { ...WORKER, vitals: undefined };
  expect(deathCertificate(early, { code: 1, signal: null }, NOW)).toBe(
    'Worker 42 died: it ended with exit code 1.',
  );
});
