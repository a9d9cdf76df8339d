import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import kleur from 'kleur';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createCommand, formatError, runCommand } from '../../src/cli/command.ts';
import { CommandError, ImproperlyConfigured, UsageError } from '../../src/errors.ts';
import { PACKAGE_ROOT, packageVersion } from '../../src/files/package-root.ts';
import { useColours } from './_colours.ts';

beforeEach(() => useColours(false));

interface Outcome {
  readonly exitCode: typeof process.exitCode;
  readonly out: string;
  readonly error: string;
}

/** Runs a command that does this, and puts the process back as it was. */
async function run(argv: readonly string[], action: () => void | Promise<void> = () => {}): Promise<Outcome> {
  const before = { exitCode: process.exitCode, listeners: process.stdout.listeners('error') };
  const shown = { out: '', error: '' };
  const toError = (text: string | Uint8Array) => {
    shown.error += text;
    return true;
  };
  const command: Command = createCommand('greet', 'Says hello.')
    .argument('[name]', 'whom')
    .option('--loudly', 'shout')
    .action(action)
    .configureOutput({
      writeOut: (text) => {
        shown.out += text;
      },
      writeErr: toError,
    });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(toError);
  process.exitCode = undefined;
  try {
    await runCommand(command, argv);
    return { exitCode: process.exitCode, ...shown };
  } finally {
    stderr.mockRestore();
    process.exitCode = before.exitCode;
    for (const listener of process.stdout.listeners('error')) {
      if (!before.listeners.includes(listener)) process.stdout.off('error', listener as () => void);
    }
  }
}

function throwing(error: unknown) {
  return () => {
    throw error;
  };
}

describe('the exit code', () => {
  test('is left to the process when the command did its work', async () => {
    expect(await run([])).toEqual({ exitCode: undefined, out: '', error: '' });
  });

  test('is 1 when the command failed, and the error is on stderr', async () => {
    const { exitCode, out, error } = await run([], throwing(new CommandError('It is off.')));
    expect([exitCode, out, error]).toEqual([1, '', 'Error: It is off.\n']);
  });

  test('is 1 when it failed later', async () => {
    const { exitCode } = await run([], async () => Promise.reject(new CommandError('It is off.')));
    expect(exitCode).toBe(1);
  });

  test('is 1 for an unexpected error, which is shown with its stack', async () => {
    const unexpected = new RangeError('a bug');
    const { exitCode, error } = await run([], throwing(unexpected));
    expect([exitCode, error]).toEqual([1, `${unexpected.stack}\n`]);
  });

  test('is 2 when the command line is wrong', async () => {
    const { exitCode, error } = await run([], throwing(new UsageError('--poll takes a number.')));
    expect([exitCode, error]).toEqual([2, 'Error: --poll takes a number.\n']);
  });

  test('is 2 for a surplus argument', async () => {
    const { exitCode, error } = await run(['world', 'again']);
    expect(exitCode).toBe(2);
    expect(error).toMatch(/^error: too many arguments/);
  });

  test('is 2 for an unknown flag', async () => {
    expect((await run(['--quietly'])).exitCode).toBe(2);
  });
});

describe('an unknown flag', () => {
  test('is answered with the nearest', async () => {
    expect((await run(['--loudy'])).error).toMatch(
      /^error: unknown option '--loudy'\n\(Did you mean --loudly\?\)\n/,
    );
  });

  test('that is not similar to a known one is answered with a reference to the help', async () => {
    const { error } = await run(['--xyzzyx']);
    expect(error).not.toMatch(/Did you mean/);
    expect(error).toContain("Type 'greet --help' for usage.");
  });
});

describe('what every command has', () => {
  test('--version prints the version of the package, and no more', async () => {
    const file = new URL('../../package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(file, 'utf8'));
    expect(await run(['--version'])).toEqual({ exitCode: 0, out: `${version}\n`, error: '' });
    expect(packageVersion()).toBe(version);
  });

  test.each(['--help', '-h'])('%s prints what it does and all of its flags', async (flag) => {
    const { exitCode, out, error } = await run([flag], throwing(new Error('not to be run')));
    expect([exitCode, error]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: greet \[options\] \[name\]\n\nSays hello\.\n/);
    for (const name of ['--loudly', '--traceback', '--no-color', '--version', '--help']) {
      expect(out).toContain(name);
    }
  });

  test('--no-color switches the colours off before the command runs', async () => {
    useColours(true);
    const { error } = await run(['--no-color'], throwing(new CommandError('plain')));
    expect([kleur.enabled, error]).toEqual([false, 'Error: plain\n']);
  });

  test('without --no-color the colours stay as they are', async () => {
    useColours(true);
    const { error } = await run([], throwing(new CommandError('red')));
    expect([kleur.enabled, error]).toEqual([true, '\x1b[31mError:\x1b[39m red\n']);
  });

  test('--traceback shows the stack of an error', async () => {
    const failed = new CommandError('It is off.');
    const { error } = await run(['--traceback'], throwing(failed));
    expect(error).toBe(`Error: It is off.\n\n${failed.stack}\n`);
  });
});

describe('an error in words', () => {
  test('is its message', () => {
    expect(formatError(new CommandError('No.'))).toBe('Error: No.');
  });

  test('has its hint', () => {
    expect(formatError(new CommandError('No.', { hint: 'Yes.' }))).toBe('Error: No.\nHint: Yes.');
  });

  test('has its code frame before the hint', () => {
    const error = new ImproperlyConfigured('No.', { hint: 'Yes.', codeFrame: '> 1 | no' });
    expect(formatError(error)).toBe('Error: No.\n\n> 1 | no\n\nHint: Yes.');
  });

  test('is broken between words where a terminal is too narrow for it', () => {
    const error = new CommandError('There is no such file here.', { hint: 'Name one that there is.' });
    expect(formatError(error, { columns: 20 })).toBe(
      'Error: There is no\n  such file here.\nHint: Name one that\n  there is.',
    );
  });

  test('has no stack, nor its cause', () => {
    expect(formatError(new CommandError('No.', { cause: new Error('why') }))).toBe('Error: No.');
  });

  test('with a traceback has its stack and those of all causes, the outermost first', () => {
    const root = new TypeError('root');
    const middle = new Error('middle', { cause: root });
    const error = new CommandError('No.', { hint: 'Yes.', cause: middle });
    expect(formatError(error, { traceback: true })).toBe(
      `Error: No.\nHint: Yes.\n\n${error.stack}\nCaused by: ${middle.stack}\nCaused by: ${root.stack}`,
    );
  });

  test('with a traceback leaves out how this package came to the site’s code', () => {
    const cause = new Error('boom');
    const site = 'Error: boom\n    at home (/site/urls.ts:1:7)';
    cause.stack = `${site}\n    at load (${PACKAGE_ROOT}dist/loader/base.cjs:1:1)\n    at node:internal/x:1:1`;
    const error = new ImproperlyConfigured('No.', { cause });
    expect(formatError(error, { traceback: true })).toMatch(/boom\n {4}at home \(\/site\/urls\.ts:1:7\)$/);
  });

  test('with a traceback comes to an end when its causes go in a circle', () => {
    const error = new CommandError('No.');
    let reads = 0;
    Object.defineProperty(error, 'cause', {
      get() {
        reads += 1;
        if (reads > 100) throw new Error('This goes on without end.');
        return error;
      },
    });
    expect(formatError(error, { traceback: true })).toContain(error.stack);
  });

  test('is its stack when a user cannot fix it', () => {
    const bug = new TypeError('x is undefined');
    expect(formatError(bug)).toBe(bug.stack);
  });

  test('is its name and message when it has no stack', () => {
    const bug = Object.assign(new TypeError('x'), { stack: undefined });
    expect(formatError(bug)).toBe('TypeError: x');
  });

  test.each([
    ['text', 'text'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
  ])('is what was thrown when that is not an error: %s', (thrown, text) => {
    expect(formatError(thrown)).toBe(text);
  });
});

test('a reader that closes the pipe of stdout ends the process without a message', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
  onTestFinished(() => exit.mockRestore());
  await run([], () => {
    process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  });
  expect(exit).toHaveBeenCalledExactlyOnceWith();
});

test('the message of an error cannot steer the terminal', async () => {
  expect((await run(['--\x1b[2J\x9b2J'])).error).toContain("unknown option '--\\x1b[2J\\x9b2J'");
  const { error } = await run([], throwing(new CommandError('no \x1b[2J', { hint: 'but \x9b2J' })));
  expect(error).toBe('Error: no \\x1b[2J\nHint: but \\x9b2J\n');
});
