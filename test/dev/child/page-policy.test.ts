import { expect, test } from 'vitest';
import { scriptPermission } from '../../../src/dev/child/page-policy.ts';
import type { Header } from '../../../src/wsgi/types.ts';

const ask = (...policies: readonly string[]) =>
  scriptPermission(
    policies.map((policy): Header => ['content-Security-policy', policy]),
    'localhost:8000',
  );

test.each([
  ['no policy', [], undefined],
  ['a policy that says nothing of scripts', ["img-src 'none'; upgrade-insecure-requests"], undefined],
  ['a nonce', ["script-src 'self' 'nonce-a+/='; connect-src 'self'"], 'a+/='],
  ['the nonce of default-src', ["default-src 'self' 'nonce-a'"], 'a'],
  [
    'the nonce of script-src-elem, which rules over script-src',
    ["script-src 'none'; script-src-elem 'nonce-a'"],
    'a',
  ],
  ['strict-dynamic with a nonce', ["script-src 'strict-dynamic' 'nonce-a'"], 'a'],
  ['unsafe-inline', ["Script-Src 'unsafe-inline'"], undefined],
  ['a nonce that both policies have', ["script-src 'nonce-a'", "script-src 'nonce-b' 'nonce-a'"], 'a'],
  ['two policies in one header', ["script-src 'nonce-a', connect-src *"], 'a'],
  ['the page’s host by name', ['connect-src http://localhost:8000'], undefined],
  ['a sandbox that lets scripts run', ['sandbox allow-scripts allow-same-origin'], undefined],
] as const)('with %s the script runs', (_, policies, nonce) => {
  expect(ask(...policies)).toEqual({ isAllowed: true, nonce });
});

test.each([
  ["script-src 'self'", "script-src 'self'"],
  ["default-src 'self'", "default-src 'self'"],
  ["script-src 'unsafe-inline' 'sha256-abc='", "script-src 'unsafe-inline' 'sha256-abc='"],
  ["script-src 'nonce-a'; connect-src 'none'", "connect-src 'none'"],
  ["default-src 'none'; script-src 'nonce-a'", "default-src 'none'"],
  ["connect-src https://api.example 'nonce-secret'", "connect-src https://api.example 'nonce-…'"],
  ['sandbox allow-scripts', 'sandbox allow-scripts'],
  ["script-src 'self'; script-src 'nonce-a'", "script-src 'self'"],
])('%s forbids the script, by %s', (policy, directive) => {
  expect(ask(policy)).toMatchObject({ isAllowed: false, directive });
});

test('a nonce that only one of two policies has forbids the script', () => {
  expect(ask("script-src 'nonce-a'", "script-src 'nonce-b'")).toMatchObject({ isAllowed: false });
});
