import { expect, test } from 'vitest';
import { requestLimits } from '../../src/servers/request-limits.ts';

test('what is raised for the line or a field is allowed to the head as well', () => {
  expect(requestLimits({}, 16_384)).toMatchObject({
    line: 8190,
    fields: 100,
    fieldSize: 16_384,
    head: 65_536,
  });
  expect(requestLimits({ limitRequestLine: 9_190 }, 16_384)).toMatchObject({ head: 66_536 });
  expect(requestLimits({ limitRequestFieldSize: 0 }, 16_384)).toMatchObject({ head: Infinity });
  expect(requestLimits({ limitRequestFieldSize: 0, limitRequestHead: 9 }, 16_384)).toMatchObject({ head: 9 });
});

test("Node's flag counts where it is larger", () => {
  expect(requestLimits({}, 8_192)).toEqual(requestLimits({}, 16_384));
  expect(requestLimits({}, 40_000)).toMatchObject({ line: 40_000, fieldSize: 40_000, head: 65_536 });
  expect(requestLimits({}, 100_000)).toMatchObject({ line: 100_000, fieldSize: 100_000, head: 100_000 });
  expect(requestLimits({ limitRequestLine: 10 }, 100_000)).toMatchObject({ line: 10, head: 100_000 });
});
