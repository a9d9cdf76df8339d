import type { ChildProcess } from 'node:child_process';
import { PassThrough, type Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { workerOutput } from '../../src/arbiter/worker-output.ts';

type Kind = 'terminal' | 'pipe' | 'other';

interface Given {
  readonly kinds: readonly [stdout: Kind, stderr: Kind];
  readonly env?: NodeJS.ProcessEnv;
  readonly depth?: number;
  readonly platform?: NodeJS.Platform;
  readonly areOne?: boolean;
  readonly write?: Writable['write'];
}

function output({ kinds, env = {}, depth = 8, platform = 'linux', areOne = true, write }: Given) {
  const stream = { write: write ?? (() => true) } as Pick<Writable, 'write'>;
  return workerOutput(env, {
    kindOf: (fd) => kinds[fd - 1]!,
    areOne: () => areOne,
    colourDepth: () => depth,
    stdout: () => stream,
    stderr: () => stream,
    platform,
  });
}

describe('the output of a worker', () => {
  test.each([
    [
      ['other', 'other'],
      ['inherit', 'inherit'],
    ],
    [
      ['terminal', 'other'],
      ['pipe', 'inherit'],
    ],
    [
      ['other', 'terminal'],
      ['inherit', 'pipe'],
    ],
    [
      ['terminal', 'terminal'],
      ['pipe', 'pipe'],
    ],
    [
      ['pipe', 'other'],
      ['pipe', 'inherit'],
    ],
    [
      ['pipe', 'terminal'],
      ['pipe', 'pipe'],
    ],
  ] as const)('goes through its own pipe, but directly to a file: %j', (kinds, stdio) => {
    expect(output({ kinds }).stdio).toEqual(stdio);
  });

  test('keeps its order, by one pipe for stdout and stderr, when both lead to the same place', () => {
    expect(output({ kinds: ['terminal', 'terminal'] }).command(['--flag'])).toEqual({
      execPath: '/bin/sh',
      execArgv: ['-c', 'exec "$0" "$@" 2>&1', process.execPath, '--flag'],
    });
    const apart = { execArgv: ['--flag'] };
    expect(output({ kinds: ['terminal', 'other'] }).command(['--flag'])).toEqual(apart);
    expect(output({ kinds: ['pipe', 'pipe'], areOne: false }).command(['--flag'])).toEqual(apart);
  });

  test('goes directly to the terminal on Windows', () => {
    const kinds = ['terminal', 'pipe'] as const;
    expect(output({ kinds, platform: 'win32' })).toMatchObject({ env: {}, stdio: ['inherit', 'inherit'] });
  });

  test('is read only as fast as it can be written, also when a write fails', async () => {
    const written: [text: string, done: (error?: Error) => void][] = [];
    const write = ((bytes: Buffer, done: () => void) => {
      written.push([String(bytes), done]);
      return false;
    }) as Writable['write'];
    const stdout = new PassThrough();
    output({ kinds: ['pipe', 'other'], write }).forward(
      { stdout, stderr: null } as unknown as ChildProcess,
      () => false,
    );
    for (const text of ['one', 'two', 'three']) stdout.write(text);
    await expect.poll(() => written.map(([text]) => text)).toEqual(['one']);
    written[0]![1]();
    await expect.poll(() => written.map(([text]) => text)).toEqual(['one', 'two']);
    written[1]![1](new Error('write EPIPE'));
    await expect.poll(() => written.map(([text]) => text)).toEqual(['one', 'two', 'three']);
  });

  test("does not contain Node's message about the debugger after the stack was read", async () => {
    let written = '';
    const write = ((bytes: Buffer) => {
      written += String(bytes);
      return true;
    }) as Writable['write'];
    const stdout = new PassThrough();
    let isAttached = false;
    const child = { stdout, stderr: null } as unknown as ChildProcess;
    output({ kinds: ['pipe', 'other'], write }).forward(child, () => isAttached);
    stdout.write('Debugger attached.\n');
    await expect.poll(() => written).toBe('Debugger attached.\n');
    isAttached = true;
    stdout.write('one\nDebugger attached.\ntwo\n');
    await expect.poll(() => written).toBe('Debugger attached.\none\ntwo\n');
  });

  test('is opened for each worker that prints, and closed with it', async () => {
    const opened: string[][] = [];
    const printed = workerOutput(
      {},
      {
        kindOf: () => 'pipe',
        areOne: () => false,
        colourDepth: () => 1,
        stdout() {
          const calls: string[] = [];
          opened.push(calls);
          return { write: (bytes) => calls.push(String(bytes)) > 0, sourceEnded: () => void calls.push('.') };
        },
        stderr: () => ({ write: () => true }),
        platform: 'linux',
      },
    );
    const workers = [1, 2, 3].map(() => new PassThrough());
    for (const stdout of workers)
      printed.forward({ stdout, stderr: null } as unknown as ChildProcess, () => false);
    workers[0]!.end('one');
    workers[1]!.end('two');
    workers[2]!.end();
    await expect
      .poll(() => opened)
      .toEqual([
        ['one', '.'],
        ['two', '.'],
      ]);
  });
});

describe("the colours of a worker's output", () => {
  test.each([
    [1, {}],
    [4, { FORCE_COLOR: '1', DEBUG_COLORS: 'yes' }],
    [8, { FORCE_COLOR: '2', DEBUG_COLORS: 'yes' }],
    [24, { FORCE_COLOR: '3', DEBUG_COLORS: 'yes' }],
  ])('are those of the terminal: %i bits', (depth, env) => {
    expect(output({ kinds: ['terminal', 'terminal'], depth }).env).toEqual(env);
    expect(output({ kinds: ['pipe', 'terminal'], depth }).env).toEqual(env);
  });

  test.each([{ NO_COLOR: '' }, { NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { FORCE_COLOR: '1' }])(
    'are those of the environment, if it sets them: %j',
    (env) => {
      expect(output({ kinds: ['terminal', 'terminal'], env }).env).toEqual({});
    },
  );

  test('can be disabled for the package debug', () => {
    expect(output({ kinds: ['terminal', 'terminal'], env: { DEBUG_COLORS: 'no' } }).env.DEBUG_COLORS).toBe(
      'no',
    );
  });

  test('are not forced without a terminal', () => {
    expect(output({ kinds: ['pipe', 'other'] }).env).toEqual({});
  });
});
