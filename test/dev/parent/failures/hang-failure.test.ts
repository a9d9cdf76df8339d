import { expect, test } from 'vitest';
import { longLoadFailure, stuckFailure } from '../../../../src/dev/parent/failures/hang-failure.ts';
import { temporaryFolder } from '../../../_temp-folder.ts';

const stackIn = (root: string) =>
  `    at hash (${root}/node_modules/hash/index.js:1:1)\n    at spin (${root}/mysite/urls.ts:2:3)`;

test('a long load shows the first place in the site’s own code', () => {
  const root = temporaryFolder({ 'mysite/urls.ts': 'one\n  two\nthree' });
  expect(longLoadFailure(10_000, root, { stack: stackIn(root) })).toEqual({
    name: 'LongLoad',
    message: 'mysite/urls.ts:2:3: the site is still loading after 10 s, and is busy here.',
    hint: expect.stringContaining('endless loop'),
    codeFrame: expect.stringContaining('> 2 |   two\n    |   ^'),
    stack: stackIn(root),
  });
});

test('a load that waits for a promise has no place', () => {
  const { message, codeFrame, stack } = longLoadFailure(10_000, '/srv/mysite');
  expect([message, codeFrame, stack]).toEqual([
    'The site is still loading after 10 s: a module waits at its top level.',
    undefined,
    undefined,
  ]);
});

test('a load that runs no JavaScript names the reason', () => {
  const rest = 'It may be waiting for a process that it has started: sleep (process 7).';
  expect(longLoadFailure(10_000, '/srv/mysite', { rest }).message).toBe(
    `The site is still loading after 10 s. ${rest}`,
  );
});

test('a load that is busy outside of the site says so', () => {
  const { message } = longLoadFailure(10_000, '/srv/mysite', { stack: '    at hash (/usr/lib/hash.js:1:1)' });
  expect(message).toBe('The site is still loading after 10 s: it is busy.');
});

test('a blocked request is reported with its stack and the next step', () => {
  expect(stuckFailure(stackIn('/srv/mysite'))).toEqual({
    name: 'Stuck',
    message: "A request has kept the site's process busy for more than 2.5 s. Is there an endless loop?",
    hint: expect.stringMatching(/a new process\. This one is ended if the request takes 30 s more/),
    stack: stackIn('/srv/mysite'),
  });
});
