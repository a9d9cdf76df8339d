import { beforeAll, describe, expect, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { type Outcome, runByUs, runNatively } from './_native.ts';

const LIBRARY = `
export let late;
export const object = {};
export const none = () => undefined;
export const veryLongNameThatIsLongerThanAnyOther = undefined;
export { object as 'any text' };
export default undefined;
`;

const COMMONJS = 'exports.late = undefined; exports.none = () => undefined;';

/** Statements that fail, or do not. */
const STATEMENTS = [
  'late()',
  'late(1, object)',
  'new late()',
  'new late.Inner()',
  'new object.Inner()',
  'late?.()',
  'object?.()',
  'late`text`',
  'object.method()',
  'object.method?.()',
  "object['method']()",
  'object.a.b()',
  'object.method`text`',
  'none()()',
  'none().then()',
  'none()[0]()',
  'const { a } = late',
  'const { a: { b } } = object',
  'const { ...rest } = late',
  'const { a } = none()',
  'const [a] = late',
  'const [a, b] = object',
  'const [a] = none()',
  'let a; ({ a } = late)',
  'let a; [a] = late',
  'for (const a of late);',
  'for (const [a] of object);',
  '[...late]',
  'none(...late)',
  'new Set(late).add(...object)',
  '(function* () { yield* late })().next()',
  'late.a',
  'late.a = 1',
  'object.a.b = 1',
  '"a" in late',
  '1 instanceof late',
  'class A extends late {}',
  'class A extends object {}',
  '(late)()',
  '(late || object)()',
  'renamed()',
  'veryLongNameThatIsLongerThanAnyOther()',
  'veryLongNameThatIsLongerThanAnyOther.a.b()',
  'def()',
  'new def()',
  'space()',
  'space.nothing()',
  'new space.nothing()',
  'space.object.nothing()',
  'const { a } = space.late',
  'named()',
  'both()',
  'around.nothing()',
  'common()',
  'common.nothing()',
  'const { a } = common.late',
  'commonSpace.late()',
  'fs.nothing()',
  'fileSystem.nothing()',
  'import.meta.nothing()',
  'new import.meta.nothing()',
  'import.meta.url.nothing()',
  'const { a } = import.meta.nothing',
  'import.meta()',
  '(await import("./library.ts")).nothing()',
  'late = 1',
  'late++',
  'late ??= 1',
  '[late] = [1]',
  '({ late } = object)',
  'for (late of [1]);',
  'space = 1',
  '{ let late = 1; late = 2 }',
  'class A { late = 1 } new A()',
  '((late) => { late() })(1)',
  'const o = { late, object, m() { return late } }; o.m()()',
] as const;

const ENTRY = `
import def, { late, object, none, late as renamed, veryLongNameThatIsLongerThanAnyOther, 'any text' as named } from './library.ts';
import * as space from './library.ts';
import both, * as around from './library.ts';
import common from './common.cjs';
import * as commonSpace from './common.cjs';
import fs from 'node:fs';
import * as fileSystem from 'node:fs';
`;

function projectOf(statement: string, told = "error.name + ': ' + error.message"): Files {
  return {
    'entry.ts': `${ENTRY}
let message = 'none';
try { await (async () => { ${statement} })() } catch (error) { message = ${told} }
export const result = message;`,
    'library.ts': LIBRARY,
    'common.cjs': COMMONJS,
  };
}

/** The line and column of a stack's first frame. */
const PLACE = String.raw`/entry\.[jt]s(:\d+:\d+)/.exec(error.stack)[1]`;

/** Where V8 says that it happened must be the source's place too. */
const PLACED = [
  'late()',
  'object.method()',
  'space.nothing()',
  'def()',
  'veryLongNameThatIsLongerThanAnyOther.a.b()',
] as const;

describe('V8’s error messages contain the names of the source', () => {
  let native: Record<string, Outcome>;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    const projects = STATEMENTS.map((statement) => [statement, projectOf(statement)]);
    const placed = PLACED.map((statement) => [`place of ${statement}`, projectOf(statement, PLACE)]);
    native = await runNatively(Object.fromEntries([...projects, ...placed]), (end) => ends.push(end));
    return () => {
      for (const end of ends) end();
    };
  });

  test.each(STATEMENTS)('%s', async (statement) => {
    expect(await runByUs(projectOf(statement))).toEqual(native[statement]);
  });

  test.each(PLACED)('the message of %s has the right place', async (statement) => {
    expect(await runByUs(projectOf(statement, PLACE))).toEqual(native[`place of ${statement}`]);
  });
});

test('an import that is called before its module has run is uninitialized', async () => {
  const files = {
    'entry.ts': `import './a.ts'; export const result = globalThis.called;`,
    'a.ts': `import { help } from './c.ts'; import './b.ts'; import { late } from './d.ts'; export function early() { return help() } export function tooEarly() { return late() }`,
    'b.ts': `import { early, tooEarly } from './a.ts'; globalThis.called = [early()]; try { tooEarly() } catch (error) { called.push(error.message) }`,
    'c.ts': `export const help = () => 'helped';`,
    'd.ts': 'export const late = () => {};',
  };
  const ends: (() => void)[] = [];
  const { cycle } = await runNatively({ cycle: files }, (end) => ends.push(end));
  for (const end of ends) end();
  expect(await runByUs(files)).toEqual(cycle);
});
