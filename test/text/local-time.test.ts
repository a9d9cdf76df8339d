import { afterEach, beforeEach, expect, test } from 'vitest';
import { clfDate, clockTime, isoDate, zoneOffset } from '../../src/text/local-time.ts';

const zoneBefore = process.env.TZ;
beforeEach(() => {
  process.env.TZ = 'America/St_Johns';
});
afterEach(() => {
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

const winter = new Date('2026-02-03T04:05:06Z');
const summer = new Date('2026-07-03T04:05:06Z');

test('dates and times are local', () => {
  expect([clfDate(winter), isoDate(winter), clockTime(winter)]).toEqual([
    '03/Feb/2026',
    '2026-02-03',
    '00:35:06',
  ]);
});

test('the distance from UTC has minutes, and its sign, and changes in summer', () => {
  expect([zoneOffset(winter), zoneOffset(summer)]).toEqual(['-0330', '-0230']);
  process.env.TZ = 'Asia/Kathmandu';
  expect(zoneOffset(new Date(winter))).toBe('+0545');
});
