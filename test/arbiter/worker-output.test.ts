import { describe, expect, test } from 'vitest';
import { workerOutput } from '../../src/arbiter/worker-output.ts';

function output(terminals: readonly number[], env: NodeJS.ProcessEnv = {}, depth = 8, platform = 'linux') {
  const stream = { getColorDepth: () => depth, write: () => true };
  return workerOutput(env, {
    isTerminal: (fd) => terminals.includes(fd),
    stdout: () => stream,
    stderr: () => stream,
    platform: platform as NodeJS.Platform,
  });
}

describe('what a worker prints', () => {
  test.each([
    [[], ['inherit', 'inherit']],
    [[1], ['pipe', 'inherit']],
    [[2], ['inherit', 'pipe']],
    [
      [1, 2],
      ['pipe', 'pipe'],
    ],
  ])('goes through a pipe to a terminal, and else straight on: %j', (terminals, stdio) => {
    expect(output(terminals).stdio).toEqual(stdio);
  });

  test('keeps its order, in one pipe, where both are terminals', () => {
    expect(output([1, 2]).command(['--flag'])).toEqual({
      execPath: '/bin/sh',
      execArgv: ['-c', 'exec "$0" "$@" 2>&1', process.execPath, '--flag'],
    });
    expect(output([1]).command(['--flag'])).toEqual({ execArgv: ['--flag'] });
  });

  test('goes straight on on Windows', () => {
    expect(output([1, 2], {}, 24, 'win32')).toMatchObject({ env: {}, stdio: ['inherit', 'inherit'] });
  });
});

describe('colours', () => {
  test.each([
    [1, {}],
    [4, { FORCE_COLOR: '1', DEBUG_COLORS: 'yes' }],
    [8, { FORCE_COLOR: '2', DEBUG_COLORS: 'yes' }],
    [24, { FORCE_COLOR: '3', DEBUG_COLORS: 'yes' }],
  ])('are those of the terminal: %i bits', (depth, env) => {
    expect(output([1, 2], {}, depth).env).toEqual(env);
    expect(output([2], {}, depth).env).toEqual(env);
  });

  test.each([{ NO_COLOR: '' }, { NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { FORCE_COLOR: '1' }])(
    'are as the environment has them: %j',
    (env) => {
      expect(output([1, 2], env).env).toEqual({});
    },
  );

  test('of a debugging library may be switched off', () => {
    expect(output([1, 2], { DEBUG_COLORS: 'no' }).env.DEBUG_COLORS).toBe('no');
  });

  test('are not forced where there is no terminal', () => {
    expect(output([]).env).toEqual({});
  });
});
