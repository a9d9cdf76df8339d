import { expect, test } from 'vitest';
import { parseClause } from '../../../src/loader/transform/import-clauses.ts';

test.each([
  ['import a from ', undefined, { a: 'default' }],
  ['import * as all from ', 'all', {}],
  ['import a, * as all from ', 'all', { a: 'default' }],
  ['import a, { b, c as d, } from ', undefined, { a: 'default', b: 'b', d: 'c' }],
  ['import{a}from', undefined, { a: 'a' }],
  ['import /* { x } */ { // y\n a,\n b as c } from ', undefined, { a: 'a', c: 'b' }],
  [`import { 'any text' as a, "other" as b } from `, undefined, { a: 'any text', b: 'other' }],
  ['import { a as b, a as c } from ', undefined, { b: 'a', c: 'a' }],
  ['import { default as a } from ', undefined, { a: 'default' }],
  ['import $, { ä } from ', undefined, { $: 'default', ä: 'ä' }],
  ['import {} from ', undefined, {}],
])('%s imports these names', (text, namespace, names) => {
  const clause = parseClause(text);
  expect(clause?.namespace).toBe(namespace);
  expect(Object.fromEntries(clause?.names ?? [])).toEqual(names);
});

test.each(['import ', 'export * from ', 'export * as all from '])('%s imports no names', (text) => {
  expect(parseClause(text)).toBeUndefined();
});
