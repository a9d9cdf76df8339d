import { describe, expect, test } from 'vitest';
import { liveHeaders, revalidateLivePage } from '../../../src/dev/child/live-validators.ts';
import type { Environ, Header } from '../../../src/wsgi/types.ts';

function asked(headers: Partial<Environ>): Partial<Environ> {
  const environ = { ...headers } as Environ;
  revalidateLivePage(environ, 'g2');
  return environ;
}

describe('the validators of a live page', () => {
  test.each([
    ['"abc"', '"abc;live=g2"'],
    ['W/"1-x"', 'W/"1-x;live=g2"'],
    ['malformed', 'malformed'],
  ])('contain its generation: %s', (tag, sent) => {
    expect(liveHeaders([['ETag', tag]], 'g2')).toEqual([['ETag', sent]]);
  });

  test('include no date, and other headers are unchanged', () => {
    const headers: Header[] = [
      ['Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT'],
      ['X-A', '"1"'],
    ];
    expect(liveHeaders(headers, 'g2')).toEqual([['X-A', '"1"']]);
  });
});

describe('a site gets', () => {
  test.each([
    ['of this generation', '"abc;live=g2"', '"abc"'],
    ['of this generation that is weak', 'W/"abc;live=g2"', 'W/"abc"'],
    ['of this generation among others', '"a;live=g1", "b,c;live=g2", "d"', '"b,c"'],
  ])('a validator %s', (_what, sent, seen) => {
    expect(asked({ HTTP_IF_NONE_MATCH: sent })).toEqual({ HTTP_IF_NONE_MATCH: seen });
  });

  test.each(['"abc;live=g1"', '"abc"', '*', 'malformed', '"'])('no other validator: %s', (sent) => {
    expect(asked({ HTTP_IF_NONE_MATCH: sent })).toEqual({});
  });

  test('no date, since a date contains no generation', () => {
    expect(asked({ HTTP_IF_MODIFIED_SINCE: 'Thu, 01 Jan 2026 00:00:00 GMT', HTTP_HOST: 'a' })).toEqual({
      HTTP_HOST: 'a',
    });
  });
});
