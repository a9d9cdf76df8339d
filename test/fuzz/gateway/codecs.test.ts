import { beforeAll, describe, expect, test } from 'vitest';
import { type FuzzedCodec, SCGI, UWSGI } from './_codecs.ts';
import { collectedHeap } from './_collected-heap.ts';
import { FCGI } from './_fcgi.ts';
import { fuzzCodec, makeInput } from './_fuzz-codec.ts';

const GROWTH_BYTES = 16 * 1024 * 1024;

const INPUTS = 25_000;

// A short run of what `npm run fuzz:codecs` does for a million inputs.
describe.each([FCGI, SCGI, UWSGI])('the codec of $name', (codec) => {
  let before = 0;
  beforeAll(() => {
    fuzzCodec(codec, { seed: 2, inputs: 1_000 }); // fills caches
    before = collectedHeap();
  });

  test.each([0, 25_000, 50_000, 75_000])(
    'gives requests or refusals, whatever comes in whatever pieces, and does not grow, from input %i on',
    (first) => {
      const { failures, outcomes, environs } = fuzzCodec(codec, { seed: 1, first, inputs: INPUTS });
      expect(failures).toEqual([]);
      expect(collectedHeap() - before).toBeLessThan(GROWTH_BYTES);
      // All ways were taken.
      for (const count of [...Object.values(outcomes), environs]) expect(count).toBeGreaterThan(1_000);
    },
    60_000,
  );
});

test('the same seed and number make the same input, and others make another input', () => {
  expect(makeInput(SCGI, 1, 2)).toEqual(makeInput(SCGI, 1, 2));
  expect(makeInput(SCGI, 1, 2)).not.toEqual(makeInput(SCGI, 1, 3));
  expect(makeInput(SCGI, 1, 2)).not.toEqual(makeInput(SCGI, 2, 2));
});

describe('of a codec', () => {
  const failuresOf = (decode: FuzzedCodec['decode']) =>
    fuzzCodec({ ...SCGI, decode }, { seed: 1, inputs: 500 }).failures;

  test('that throws an error of its own it is found out', () => {
    const failures = failuresOf(() => {
      throw new RangeError('no');
    });
    expect(failures).toHaveLength(20);
    expect(failures[0]).toMatch(/^input 0: RangeError: no/);
  });

  test('that reads pieces in another way it is found out', () => {
    const failures = failuresOf((pieces) => ({ requests: [], bodyBytes: pieces.length }));
    expect(failures[0]).toContain('in pieces it gave');
  });

  test('that loses what is sound it is found out', () => {
    const failures = failuresOf(() => ({ requests: [], bodyBytes: 0 }));
    expect(failures[0]).toContain('expected {"requests":[[["CONTENT_LENGTH"');
  });

  test('that gives variables of which no environ can be made it is found out', () => {
    const failures = failuresOf((pieces) => {
      const decoded = SCGI.decode(pieces);
      return {
        ...decoded,
        requests: decoded.requests.map((each) => [...each, ['HTTP_X', '\u{100}']] as const),
      };
    });
    expect(failures.join()).toContain('latin-1');
  });
});
