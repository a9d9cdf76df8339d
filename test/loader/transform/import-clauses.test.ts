import { expect, test } from 'vitest';
import { parseClause } from '../../../src/loader/transform/import-clauses.ts';

test.each([
  ['import a from ', undefined, { default: 'a' }],
  ['import * as all from ', 'all', {}],
  ['import a, * as all from ', 'all', { default: 'a' }],
  ['import a, { b, c as d, } from ', undefined, { default: 'a', b: 'b', c: 'd' }],
  ['import{a}from', undefined, { a: 'a' }],
  ['import /* { x } */ { // y\n a,\n b as c } from ', undefined, { a: 'a', b: 'c' }],
  [`import { 'any text' as a, "other" as b } from `, undefined, { 'any text': 'a', other: 'b' }],
  ['import { a as b, a as c } from ', undefined, { a: undefined }],
  ['import { default as a } from ', undefined, { default: 'a' }],
  ['import $, { ä } from ', undefined, { default: '$', ä: 'ä' }],
  ['import {} from ', undefined, {}],
])('%s names what is imported', (text, namespace, names) => {
  const clause = parseClause(text);
  expect(clause?.namespace).toBe(namespace);
  expect(Object.fromEntries(clause?.names ?? [])).toEqual(names);
});

test.each(['import ', 'export * from ', 'export * as all from '])('%s names nothing', (text) => {
  expect(parseClause(text)).toBeUndefined();
});
