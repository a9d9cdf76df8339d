import { expect, test } from 'vitest';
import { deployFindings } from '../../../src/production/settings/deploy-findings.ts';

const GOOD = {
  DEBUG: false,
  SECRET_KEY: 'abcdefghijklmnopqrstuvwxyz'.repeat(2),
  ALLOWED_HOSTS: ['www.example.com'],
  USE_X_FORWARDED_HOST: false,
  SECURE_PROXY_SSL_HEADER: null,
} as const;
const PUBLIC = {
  bind: ['0.0.0.0:8000'],
  forwardedAllowIps: ['127.0.0.1', '::1'],
  protocol: 'http' as 'http' | 'fcgi',
};
const LOCAL = { ...PUBLIC, bind: ['unix:/run/mysite.sock'] };

function idsOf(changes: object, server = PUBLIC) {
  return deployFindings({ ...GOOD, ...changes }, server).map(({ id }) => id);
}

test('settings for production have no findings', () => {
  expect(idsOf({})).toEqual([]);
});

test.each([
  [{ DEBUG: true }, ['security.W018']],
  [{ SECRET_KEY: 'short' }, ['security.W009']],
  [{ SECRET_KEY: 'ab'.repeat(40) }, ['security.W009']],
  [{ SECRET_KEY: `startproject-insecure-${GOOD.SECRET_KEY}` }, ['security.W009']],
  [{ ALLOWED_HOSTS: [] }, ['security.W020']],
  [{ ALLOWED_HOSTS: ['*'] }, ['runwsgi.W001']],
  [{ USE_X_FORWARDED_HOST: true }, ['runwsgi.W002']],
  [{ SECURE_PROXY_SSL_HEADER: ['HTTP_X_FORWARDED_PROTO', 'https'] }, ['runwsgi.W002']],
])('%j has %j', (changes, ids) => {
  expect(idsOf(changes)).toEqual(ids);
});

test.each([
  ['', 'SECRET_KEY is empty.'],
  ['short', 'SECRET_KEY has fewer than 50 characters, so it can be guessed.'],
  ['ab'.repeat(40), 'SECRET_KEY has fewer than 5 different characters, so it can be guessed.'],
  [
    `startproject-insecure-${GOOD.SECRET_KEY}`,
    'SECRET_KEY is the development key that startproject generated.',
  ],
])('the finding says what is wrong with the key %j', (SECRET_KEY, message) => {
  expect(deployFindings({ ...GOOD, SECRET_KEY }, PUBLIC).map((finding) => finding.message)).toEqual([
    message,
  ]);
});

test('headers of a proxy may be believed where only this machine can connect', () => {
  expect(idsOf({ USE_X_FORWARDED_HOST: true }, LOCAL)).toEqual([]);
});

test('every peer that is believed at a public address is a finding', () => {
  expect(idsOf({}, { ...PUBLIC, forwardedAllowIps: ['*'] })).toEqual(['runwsgi.W003']);
  expect(idsOf({}, { ...LOCAL, forwardedAllowIps: ['*'] })).toEqual([]);
});

test('another protocol than HTTP at a public address is a finding', () => {
  expect(idsOf({}, { ...PUBLIC, protocol: 'fcgi', forwardedAllowIps: ['*'] })).toEqual(['runwsgi.W004']);
  expect(idsOf({}, { ...LOCAL, protocol: 'fcgi' })).toEqual([]);
});

test('each says what is and what to do', () => {
  const [finding] = deployFindings({ ...GOOD, USE_X_FORWARDED_HOST: true }, PUBLIC);
  expect(finding).toEqual({
    id: 'runwsgi.W002',
    message:
      'USE_X_FORWARDED_HOST trusts headers of every client that can connect, and the server listens at 0.0.0.0:8000.',
    hint: expect.stringContaining('forwardedAllowIps'),
  });
});
