import { describe, expect, test } from 'vitest';
import { conditionsFor, nodeConditions } from '../../../src/loader/resolve/conditions.ts';

describe('nodeConditions() returns the conditions of Node’s start', () => {
  test.each([
    [['--conditions=a'], undefined, ['a']],
    [['--conditions', 'a'], undefined, ['a']],
    [['-C', 'a', '--conditions=b'], undefined, ['a', 'b']],
    [['-C=a'], undefined, ['a']],
    [[], '--conditions=a -C b', ['a', 'b']],
    [[], '--require "/x y.js" --conditions="a" -C "b"', ['a', 'b']],
    [['-C', 'b'], '-C a -C b', ['a', 'b']],
    [['--inspect', '--no-warnings'], '--trace-warnings', []],
    [['-C'], undefined, []],
  ])('%j, NODE_OPTIONS %j: %j', (execArgv, nodeOptions, expected) => {
    expect(nodeConditions(execArgv, nodeOptions)).toEqual(expected);
  });
});

test('import and require() have different conditions', () => {
  expect([...conditionsFor('import', ['a'])]).toEqual(expect.arrayContaining(['node', 'import', 'a']));
  expect(conditionsFor('import', []).has('require')).toBe(false);
  expect(conditionsFor('require', []).has('import')).toBe(false);
});
