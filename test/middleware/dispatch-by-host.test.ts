import { expect, test } from 'vitest';
import { dispatchByHost } from '../../src/middleware/index.ts';
import { bodyFor, saying } from './_respond.ts';

const site = dispatchByHost(
  {
    'A.example': saying('a'),
    '*.example': saying('any'),
    '*.deep.example': saying('deep'),
    '[::1]': saying('loopback'),
  },
  saying('fallback'),
);

test.each([
  ['a.example', 'a'],
  ['a.example:8000', 'a'],
  ['A.EXAMPLE.', 'a'],
  ['b.example', 'any'],
  ['x.b.example', 'any'],
  ['x.deep.example', 'deep'],
  ['deep.example', 'any'],
  ['example', 'fallback'],
  ['notexample', 'fallback'],
  ['*.example', 'any'],
  ['[::1]:8000', 'loopback'],
  ['other.test', 'fallback'],
])('the host %s is answered with %s', async (host, expected) => {
  expect(await bodyFor(site, { HTTP_HOST: host })).toBe(expected);
});

test('without a Host header the name of the server counts', async () => {
  expect(await bodyFor(site, { SERVER_NAME: 'a.example' })).toBe('a');
});
