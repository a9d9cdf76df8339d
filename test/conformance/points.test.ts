import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('.', import.meta.url);

/** The points of PEP 3333's checklist that no server can be seen to break, and why. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  26: 'our servers have no extensions that middleware could be passed by with',
  30: 'whether there is a Content-Type is the application’s affair: the validator warns of it',
  32: 'how an application treats wsgi.input and wsgi.errors is for the validator to see',
};

test('each of the 35 points of PEP 3333 is tested, or it is said why not', () => {
  const sources = readdirSync(FOLDER).filter((name) => name.startsWith('_'));
  const names = sources.flatMap((name) => [
    ...readFileSync(new URL(name, FOLDER), 'utf8').matchAll(/['`](\d+)\. /g),
  ]);
  const tested = new Set(names.map(([, point]) => Number(point)));
  const points = [...tested, ...Object.keys(ELSEWHERE).map(Number)].sort((a, b) => a - b);
  expect(points).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
});
