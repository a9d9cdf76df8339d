import { describe } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { compare } from './_compare.ts';

const LIBRARY = {
  'lib.ts': `export let a = 1, zero = 0, none = null, object = {}, symbol = Symbol('s'), big = 1n;
export let f = function () { return typeof this };
export function setA(value) { a = value }
export default function def() {}`,
};
const IMPORTS = `import def, { a, a as again, zero, none, object, symbol, big, f, setA } from './lib.ts';
import * as ns from './lib.ts';
const log = [];
function attempt(action) {
  try { return ['done', typeof action() ] } catch (error) { return [error.name, error.message, /entry\\.[jt]s:(\\d+)/.exec(error.stack)?.[1]] }
}
`;

function statements(texts: readonly string[]): Record<string, Files> {
  const projects = texts.map((text) => {
    const entry = `${IMPORTS}const outcome = attempt(() => { ${text} });
export const result = [outcome, log, a, zero, String(none), typeof f, typeof def, Object.keys(object), typeof ns];`;
    return [text.replace(/\s+/g, ' '), { ...LIBRARY, 'entry.ts': entry }];
  });
  return Object.fromEntries(projects);
}

const ASSIGNMENTS = statements([
  'a = 2',
  '(a) = 2',
  'a = log.push(1)',
  'a += log.push(1)',
  'a **= 2',
  'a >>>= 1',
  'a++',
  '--a',
  'symbol++',
  'big += 1',
  'a ??= log.push(1)',
  'none ??= log.push(1)',
  'a ||= log.push(1)',
  'zero ||= log.push(1)',
  'a &&= log.push(1)',
  'zero &&= log.push(1)',
  'again = 2',
  'def = 2',
  'f = 2',
  'ns = 2',
  'ns ??= 2',
  'ns++',
  '[a] = [2]',
  '[...a] = [2]',
  '[a = 5] = []',
  '[[a]] = [[2]]',
  '[object.x, a] = [1]',
  '[object.x, a] = null',
  '({ a } = {})',
  '({ x: a } = {})',
  '({ x: { a = 2 } } = { x: {} })',
  '({ ...a } = {})',
  `({\n  x: object.x,\n  y: { z: object.z, a },\n  more: object.more,\n  evenMore: object.evenMore,\n  last: object.last,\n} = { y: {} })`,
  `[\n  object.aLongName.ofAMember,\n  object.anotherLongName.ofAMember,\n  object.aThirdLongName,\n  zero,\n] = []`,
  'for (a of [1]) log.push(a)',
  'for (a of []) log.push(a)',
  'for (a in { x: 1 }) log.push(a)',
  'for ([a] of [[1]]) log.push(a)',
  'for ({ a } of [{}]) log.push(a)',
  'let a = 1; a = 2',
  '((a) => { a ??= 2; a++; })()',
  'setA(7); a ??= log.push(1)',
]);

const AFTER_ASSIGNMENTS: Record<string, Files> = {
  ...statements([
    '() => { f = 1 }; log.push(f(), f?.(), (0, f)())',
    '() => { none = 1 }; none()',
    '() => { none = 1 }; new none()',
    '() => { none = 1 }; const [x] = none;',
    '() => { none = 1 }; none.x',
    '() => { object = 1 }; object.x()',
    '() => { a = 1 }; log.push(typeof toString, typeof Math, typeof nothing, this === undefined)',
    'try { a = 1 } catch {} none()',
    'none(); a = 1',
  ]),
  'in a module that awaits': {
    ...LIBRARY,
    'entry.ts': `${IMPORTS}let seen; try { a = await 2 } catch ({ message }) { seen = message } export const result = [seen, a, typeof this];`,
  },
  'of a variable without a value yet': {
    'entry.ts': `import './a.ts'; export const result = seen;`,
    'a.ts': `import './b.ts'; export let late = 1;`,
    'b.ts': `import { late } from './a.ts'; globalThis.seen = []; for (const action of [() => late ??= 1, () => late += 1, () => late++]) try { action() } catch (error) { seen.push(String(error)) }`,
  },
  'of an import that is exported again': {
    ...LIBRARY,
    'entry.ts': `${IMPORTS}export { a, ns as space }; import * as self from './entry.ts'; let seen; try { a = 2 } catch ({ message }) { seen = message } export const result = [seen, typeof self.space, self.a];`,
  },
  'in two instances of a module': {
    'entry.ts': `import { seen } from './a.ts?1'; import { seen as other } from './a.ts?2'; export const result = [seen, other, seen === other];`,
    'a.ts': `import { none } from './b.ts'; export const seen = []; try { none ??= 1 } catch ({ message }) { seen.push(message, none) }`,
    'b.ts': 'export const none = null;',
  },
};

const EVAL = statements([
  `log.push(eval('a'), eval('typeof a'), eval('typeof ns.a'))`,
  `setA(5); log.push(eval('a'))`,
  `eval('a = 2')`,
  `eval('a ??= 2')`,
  `eval('nothing')`,
  `const b = 2; log.push(eval('a + b'))`,
  `log.push(eval('f()'.slice(0, 1))())`,
  `eval('none')()`,
  `eval(''); none()`,
  `eval(''); const [x] = none;`,
  `eval(''); f = 2`,
]);

describe('an assignment to an import throws as in Node', () => compare(ASSIGNMENTS));
describe('a module with an assignment to an import works as in Node', () => compare(AFTER_ASSIGNMENTS));
describe('eval() can use imports as in Node', () => compare(EVAL));
