import { expect, test } from 'vitest';
import { TO_ARBITER } from '../../src/dev/message-checks.ts';
import { keyOf, openSealed } from '../../src/worker/sealed-messages.ts';

const openFromWorker = (data: unknown, key: string) => openSealed(data, key, TO_ARBITER);
const openFromArbiter = (data: unknown, key = keyOf(data)) => openSealed(data, key);

const KEY = 'key';
const FACTS = { method: 'GET', target: '/', httpVersion: '1.1', status: 200, bytes: 1, durationMs: 2 };
const ASKED = {
  method: 'GET',
  target: '/',
  httpVersion: '1.1',
  isHtml: true,
  maySeeFacts: true,
  mayOpenEditor: false,
};
const HERITAGE = { packages: [], entries: ['/srv/wsgi.ts'] };
const FAILURE = { name: 'Error', message: 'no', stack: 'at here' };

test.each([
  { type: 'booted' },
  { type: 'free', answered: [] },
  { type: 'free', answered: [FACTS] },
  {
    type: 'files',
    files: [
      ['/srv/a.ts', 1],
      ['/srv/b.ts', null],
      ['/srv/c', 'folder'],
    ],
    since: 1,
    isAhead: false,
  },
  { type: 'ready', heritage: HERITAGE },
  { type: 'ready', heritage: HERITAGE, failure: FAILURE },
  {
    type: 'ready',
    heritage: HERITAGE,
    access: { DEBUG: true, ALLOWED_HOSTS: ['a'], USE_X_FORWARDED_HOST: false },
  },
  { type: 'answered', answered: [FACTS, FACTS] },
  { type: 'answered', answered: [{ ...FACTS, brokenOffBy: 'client', error: 'no' }] },
  { type: 'released', id: 1 },
  { type: 'asked', id: 1, request: ASKED },
  { type: 'pong', openRequests: 0 },
  { type: 'notice', text: 'note' },
  { type: 'findings', findings: [{ id: 'urls.W101', message: 'a', hint: 'b', place: 'c:1:2' }] },
  { type: 'exiting', code: 1, stack: 'at here' },
])('a message of a worker with the right key is accepted: %o', (message) => {
  expect(openFromWorker([KEY, message], KEY)).toBe(message);
  expect(openFromWorker([KEY, message], 'another')).toBeUndefined();
});

test.each([
  { type: 'findings', findings: [{ id: 1, message: 'a', hint: 'b' }] },
  { type: 'findings', findings: null },
  { type: 'free' },
  { type: 'answered' },
  { type: 'answered', answered: [{ ...FACTS, brokenOffBy: 'constructor' }] },
  { type: 'answered', answered: [null] },
  { type: 'files', files: [null], since: 1, isAhead: false },
  { type: 'files', files: 'all', since: 1, isAhead: false },
  { type: 'ready' },
  { type: 'ready', heritage: { packages: [1], entries: [] } },
  { type: 'ready', heritage: HERITAGE, failure: { name: 'Error' } },
  {
    type: 'ready',
    heritage: HERITAGE,
    access: { DEBUG: true, ALLOWED_HOSTS: '*', USE_X_FORWARDED_HOST: false },
  },
  { type: 'ready', heritage: HERITAGE, failure: { ...FAILURE, hint: 3 } },
  { type: 'released' },
  { type: 'asked', id: 1 },
  { type: 'asked', id: 1, request: { ...ASKED, isHtml: 'yes' } },
  { type: 'pong' },
  { type: 'notice', text: {} },
  { type: 'exiting', code: '1' },
  { type: 'toString' },
  { type: '__proto__' },
  { type: 3 },
  {},
  null,
  'ready',
])('a message with the right key and a wrong shape is ignored: %o', (message) => {
  expect(openFromWorker([KEY, message], KEY)).toBeUndefined();
});

test.each([null, undefined, 0, 'text', [], [KEY], {}, { type: 'answered' }, { type: 'booted' }, new Map()])(
  'a message without the right key is ignored: %o',
  (data) => {
    expect(openFromWorker(data, KEY)).toBeUndefined();
    expect(openFromArbiter(data, KEY)).toBeUndefined();
    expect(openFromArbiter(data)).toBeUndefined();
  },
);

test('a worker learns the key from the first message of its arbiter', () => {
  const message = { type: 'warm', root: '/srv', isInspected: false, heritage: HERITAGE };
  expect(openFromArbiter([KEY, message])).toBe(message);
  expect(openFromArbiter([KEY, message], KEY)).toBe(message);
  expect(openFromArbiter(['another', message], KEY)).toBeUndefined();
});
