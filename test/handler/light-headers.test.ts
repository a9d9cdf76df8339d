import { describe, expect, test } from 'vitest';
import { LightHeaders } from '../../src/web/response/light-headers.ts';

type Init = ConstructorParameters<typeof Headers>[0];
type Step = (headers: Headers) => unknown;

/** What a step gives, or the class of what it throws. */
function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as Error).constructor;
  }
}

/** Takes the steps with our headers and with the runtime's: each must give the same, and leave the same. */
function compare(init: Init, steps: readonly Step[]): void {
  const light = LightHeaders.create(init);
  const model = new Headers(init);
  for (const step of steps) expect(outcome(() => step(light))).toEqual(outcome(() => step(model)));
  const pairs = LightHeaders.pairsOf(light)!;
  expect([...pairs].sort()).toEqual([...model].sort());
  expect([...light]).toEqual([...model]);
}

const INITS: readonly (readonly [string, Init])[] = [
  ['nothing', undefined],
  ['an object', { 'Content-Type': 'text/html', 'X-A': '1' }],
  ['names that differ in case', { 'x-a': '1', 'X-A': '2' }],
  [
    'pairs',
    [
      ['x-a', '1'],
      ['X-A', '2'],
      ['set-cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
  ],
  ['Headers', new Headers({ 'x-a': '1' })],
  ['Headers of the kind', LightHeaders.create({ 'x-a': '1' })],
  ['Headers of the kind that have become real', new Headers(LightHeaders.create({ 'x-a': ' 1' }))],
  ['values that are trimmed', { 'x-a': ' 1 ', 'x-b': '\t2' }],
  ['an empty value', { 'x-a': '' }],
  ['latin-1', { 'x-a': 'Gr\u00fc\u00dfe' }],
  ['numbers', { 'x-a': 1 } as unknown as Init],
  ['names with odd characters', { x_a: '1', "x!#$%&'*+.^`|~a": '2' }],
  ['a Map', new Map([['x-a', '1']]) as unknown as Init],
];

const STEPS: readonly (readonly [string, Step])[] = [
  ['get', (headers) => [headers.get('X-A'), headers.get('x-none'), headers.get('content-type')]],
  ['get of a cookie', (headers) => headers.get('set-cookie')],
  ['getSetCookie', (headers) => headers.getSetCookie()],
  ['has', (headers) => [headers.has('x-A'), headers.has('x-none'), headers.has('set-cookie')]],
  ['set', (headers) => headers.set('X-A', 'new')],
  ['set of what is not there', (headers) => headers.set('X-New', 'new')],
  ['set of a value to trim', (headers) => headers.set('x-a', ' new ')],
  ['set of a number', (headers) => headers.set('x-a', 5 as unknown as string)],
  ['set of a cookie', (headers) => headers.set('Set-Cookie', 'c=3')],
  ['append', (headers) => headers.append('x-a', 'more')],
  ['append of a cookie', (headers) => headers.append('set-cookie', 'd=4')],
  ['append of latin-1', (headers) => headers.append('x-a', '\u00fc')],
  ['delete', (headers) => headers.delete('X-A')],
  ['delete of a cookie', (headers) => headers.delete('set-cookie')],
  ['a malformed name', (headers) => headers.get('a b')],
  ['a malformed name, to have', (headers) => headers.has('')],
  ['a malformed name, to delete', (headers) => headers.delete('a:b')],
  ['a malformed name, to set', (headers) => headers.set('a b', '1')],
  ['a value that splits the head', (headers) => headers.set('x-a', '1\r\nx-b: 2')],
  ['a value that is text', (headers) => headers.append('x-a', '\u0100')],
  ['a null character', (headers) => headers.set('x-a', 'a\0b')],
  ['too few arguments', (headers) => (headers.set as (name: string) => void)('x-a')],
  [
    'forEach',
    (headers) => {
      const seen: string[] = [];
      headers.forEach((value, name) => {
        seen.push(name + value);
      });
      return seen;
    },
  ],
  ['keys and values', (headers) => [[...headers.keys()], [...headers.values()], [...headers.entries()]]],
];

describe.each(INITS)('headers made of %s', (_, init) => {
  test.each(STEPS)('do the same as Headers: %s', (_, step) => compare(init, [step]));

  test('do the same after each other', () => {
    for (const [, first] of STEPS) for (const [, second] of STEPS) compare(init, [first, second, first]);
  });
});

test.each([[{ 'a b': '1' }], [{ a: '1\n2' }], [[['a']]], [null], [5], ['a']])('%j is refused', (init) => {
  expect(() => LightHeaders.create(init as unknown as Init)).toThrow(TypeError);
});

test('they are Headers by instanceof, tag and constructor', () => {
  const headers = LightHeaders.create();
  expect(headers instanceof Headers).toBe(true);
  expect(Object.prototype.toString.call(headers)).toBe('[object Headers]');
  expect(headers.constructor).toBe(Headers);
});

test('what is sent is not changed by what is done to them later', () => {
  const headers = LightHeaders.create({ 'x-a': '1' });
  const pairs = LightHeaders.pairsOf(headers);
  headers.append('x-b', '2');
  expect(pairs).toEqual([['x-a', '1']]);
});
