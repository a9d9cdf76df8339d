import { describe, expect, test } from 'vitest';
import { chooseCoding } from '../../../src/middleware/static/choose-coding.ts';
import { conditionalStatus, requestedRange } from '../../../src/middleware/static/conditions.ts';
import { hashedName, parseHashedName } from '../../../src/middleware/static/hashed-name.ts';
import type { Environ } from '../../../src/wsgi/types.ts';

const DATE = 'Fri, 27 Nov 2026 06:00:00 GMT';
const EARLIER = 'Fri, 27 Nov 2026 05:59:59 GMT';
const FILE = { etag: '"a"', modifiedAt: Date.parse(DATE) / 1_000 };
const environ = (variables: Partial<Environ>) => variables as Environ;

describe('conditions', () => {
  test.each<[Partial<Environ>, 304 | 412 | undefined]>([
    [{}, undefined],
    [{ HTTP_IF_NONE_MATCH: '"a"' }, 304],
    [{ HTTP_IF_NONE_MATCH: '"b", W/"a"' }, 304],
    [{ HTTP_IF_NONE_MATCH: '*' }, 304],
    [{ HTTP_IF_NONE_MATCH: '"b"', HTTP_IF_MODIFIED_SINCE: DATE }, undefined],
    [{ HTTP_IF_MODIFIED_SINCE: DATE }, 304],
    [{ HTTP_IF_MODIFIED_SINCE: EARLIER }, undefined],
    [{ HTTP_IF_MODIFIED_SINCE: 'yesterday' }, undefined],
    [{ HTTP_IF_MATCH: '"a"' }, undefined],
    [{ HTTP_IF_MATCH: '*' }, undefined],
    [{ HTTP_IF_MATCH: 'W/"a"' }, 412],
    [{ HTTP_IF_UNMODIFIED_SINCE: EARLIER }, 412],
    [{ HTTP_IF_UNMODIFIED_SINCE: DATE }, undefined],
  ])('%j call for %s', (variables, status) => {
    expect(conditionalStatus(environ(variables), FILE)).toBe(status);
  });
});

describe('ranges', () => {
  test.each<[string, unknown]>([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=2-100', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-1', undefined],
    ['bytes=', undefined],
  ])('%s of ten bytes', (range, expected) => {
    expect(requestedRange(environ({ HTTP_RANGE: range }), 10, FILE)).toEqual(expected);
  });

  test.each([
    ['"a"', true],
    [DATE, true],
    ['"b"', false],
    ['W/"a"', false],
    [EARLIER, false],
  ])('with If-Range: %s', (condition, isSame) => {
    const range = requestedRange(environ({ HTTP_RANGE: 'bytes=1-2', HTTP_IF_RANGE: condition }), 10, FILE);
    expect(range !== undefined).toBe(isSame);
  });
});

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['gzip, br', 'br'],
  ['gzip, zstd', 'zstd'],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['x-gzip', 'gzip'],
  ['br;q=0, *;q=0.5', 'zstd'],
  ['identity, gzip;q=0.5', undefined],
  ['gzip;q=0', undefined],
  ['GZIP ; q=0.1', 'gzip'],
  ['', undefined],
])('Accept-Encoding: %s is answered with %s', (accept, coding) => {
  expect(chooseCoding(accept, ['br', 'zstd', 'gzip'])).toBe(coding);
});

test.each([
  ['site.css', 'site.0123456789ab.css'],
  ['css/a.b.css', 'css/a.b.0123456789ab.css'],
  ['a.d/LICENSE', 'a.d/LICENSE.0123456789ab'],
])('%s with its hash is %s, and back', (name, hashed) => {
  expect(hashedName(name, '0123456789ab')).toBe(hashed);
  expect(parseHashedName(hashed)).toEqual({ name, hash: '0123456789ab' });
});
