import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { WriteStream } from 'node:tty';

/** What stands for a number of bits of colour in FORCE_COLOR. */
const COLOUR_LEVELS: Readonly<Record<number, string>> = { 4: '1', 8: '2', 24: '3' };

const SHELL = '/bin/sh';

/** Starts Node with stdout and stderr in one pipe, so that their lines keep their order. */
const BOTH_IN_ONE = 'exec "$0" "$@" 2>&1';

/** How a worker's output gets to ours. */
export interface WorkerOutput {
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: readonly ['inherit' | 'pipe', 'inherit' | 'pipe'];
  /** What to start Node by. */
  command(nodeFlags: string[]): { execPath?: string; execArgv: string[] };
  forward(child: ChildProcess): void;
}

export interface Terminals {
  readonly isTerminal: (fd: number) => boolean;
  readonly stdout: () => Pick<WriteStream, 'getColorDepth' | 'write'>;
  readonly stderr: () => Pick<WriteStream, 'getColorDepth' | 'write'>;
  readonly platform: NodeJS.Platform;
}

/**
 * A worker that has a terminal changes it: as it ends, Node sets the mode that the terminal had when it began. So what a
 * site prints to a terminal comes through a pipe, and FORCE_COLOR says what the terminal can do. (On Windows modes are
 * left alone.)
 */
export function workerOutput(
  env: NodeJS.ProcessEnv,
  { isTerminal, stdout, stderr, platform }: Terminals,
): WorkerOutput {
  const isPiped = (fd: number) => platform !== 'win32' && isTerminal(fd);
  const [isOutPiped, isErrorPiped] = [isPiped(1), isPiped(2)];
  const isOnePipe = isOutPiped && isErrorPiped && existsSync(SHELL);
  return {
    env: isOutPiped || isErrorPiped ? colours(env, isOutPiped ? stdout() : stderr()) : {},
    stdio: [isOutPiped ? 'pipe' : 'inherit', isErrorPiped ? 'pipe' : 'inherit'],
    command: (nodeFlags) =>
      isOnePipe
        ? { execPath: SHELL, execArgv: ['-c', BOTH_IN_ONE, process.execPath, ...nodeFlags] }
        : { execArgv: nodeFlags },
    forward(child) {
      child.stdout?.on('data', (bytes: Buffer) => stdout().write(bytes)).on('error', ignoreEnd);
      child.stderr?.on('data', (bytes: Buffer) => stderr().write(bytes)).on('error', ignoreEnd);
    },
  };
}

function colours(env: NodeJS.ProcessEnv, terminal: Pick<WriteStream, 'getColorDepth'>): NodeJS.ProcessEnv {
  if (env.FORCE_COLOR !== undefined || env.NO_COLOR !== undefined) return {};
  const level = COLOUR_LEVELS[terminal.getColorDepth(env)];
  // Programs that print by `debug` have a name of their own for it.
  return level === undefined ? {} : { FORCE_COLOR: level, DEBUG_COLORS: env.DEBUG_COLORS ?? 'yes' };
}

/** A pipe that breaks is the end of its worker, which is reported on its own. */
function ignoreEnd(): void {}
