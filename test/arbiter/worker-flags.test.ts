import { expect, test } from 'vitest';
import { hasInspector, workerEnv, workerFlags } from '../../src/arbiter/worker-flags.ts';

test("workers get Node's flags except those of an inspector", () => {
  expect(workerFlags(['--require', './x.js', '--inspect', '--conditions=dev'])).toEqual([
    '--require',
    './x.js',
    '--conditions=dev',
  ]);
  for (const flags of [
    ['--inspect=0'],
    ['--inspect-brk=127.0.0.1:9230'],
    ['--inspect_wait'],
    ['--inspect-port', '0'],
    ['--debug-port=0'],
    ['--inspect-publish-uid', 'http'],
  ]) {
    expect(workerFlags([...flags, '--no-warnings'])).toEqual(['--no-warnings']);
  }
});

test('the other words of NODE_OPTIONS stay, with their quotes', () => {
  const env = { NODE_OPTIONS: '--inspect --require "./a \\"b\\".js"  --max-old-space-size=48', PATH: '/bin' };
  expect(workerEnv(env)).toEqual({
    NODE_OPTIONS: '--require "./a \\"b\\".js" --max-old-space-size=48',
    PATH: '/bin',
  });
  expect(workerEnv({ PATH: '/bin' })).toEqual({ PATH: '/bin' });
});

test('an inspector is opened by a flag or by NODE_OPTIONS', () => {
  expect(hasInspector(['--inspect-brk'], {})).toBe(true);
  expect(hasInspector([], { NODE_OPTIONS: '--no-warnings --inspect=9230' })).toBe(true);
  expect(hasInspector(['--inspect-publish-uid=http'], { NODE_OPTIONS: '--inspect-port=0' })).toBe(false);
});
