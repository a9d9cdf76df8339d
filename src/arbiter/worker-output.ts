import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** The value of FORCE_COLOR for a number of bits of colour. */
const COLOUR_LEVELS: Readonly<Record<number, string>> = { 4: '1', 8: '2', 24: '3' };

const SHELL = '/bin/sh';

/** A shell command that starts Node with stdout and stderr in one pipe, so that the lines keep their order. */
const BOTH_IN_ONE = 'exec "$0" "$@" 2>&1';

/** How the output of a worker reaches the output of the arbiter. */
export interface WorkerOutput {
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: readonly ['inherit' | 'pipe', 'inherit' | 'pipe'];
  /** The program that starts Node. */
  command(nodeFlags: string[]): { execPath?: string; execArgv: string[] };
  /**
   * @param isAttached Whether the inspector was used to read the worker's stack. Then Node has written a line about it.
   */
  forward(child: ChildProcess, isAttached: () => boolean): void;
}

/** The target of a worker's output: a stream, or a log that keeps the lines of several processes apart. */
export interface Output {
  /** @returns false when the caller should wait for `onWritten` before it writes more */
  write(bytes: Buffer, onWritten: () => void): boolean;
  /** Called when the output of the worker has ended. */
  sourceEnded?(): void;
}

/** The outputs of this process: 1 is stdout, 2 is stderr. */
export interface Outputs {
  /** The kind of an output. `other` is a file, for example: a worker cannot change it for other processes. */
  readonly kindOf: (fd: 1 | 2) => 'terminal' | 'pipe' | 'other';
  /** Whether stdout and stderr lead to the same place. */
  readonly areOne: () => boolean;
  /** The number of bits of colour that the terminal supports. */
  readonly colourDepth: (fd: 1 | 2) => number;
  /** Called for each worker at its first output. */
  readonly stdout: () => Output;
  readonly stderr: () => Output;
  readonly platform: NodeJS.Platform;
}

/**
 * Connects the output of a worker. A worker that shares a terminal or a pipe with the arbiter changes it for both: at
 * its end, Node resets the mode of the terminal, and makes the pipe blocking. So the worker gets its own pipe, and
 * FORCE_COLOR tells it the colours of the terminal. On Windows neither change happens.
 */
export function workerOutput(
  env: NodeJS.ProcessEnv,
  { kindOf, areOne, colourDepth, stdout, stderr, platform }: Outputs,
): WorkerOutput {
  const kinds = platform === 'win32' ? (['other', 'other'] as const) : ([kindOf(1), kindOf(2)] as const);
  const [isOutPiped, isErrorPiped] = kinds.map((kind) => kind !== 'other');
  const terminal = kinds[0] === 'terminal' ? 1 : kinds[1] === 'terminal' ? 2 : undefined;
  const isOnePipe = isOutPiped && isErrorPiped && areOne() && existsSync(SHELL);
  return {
    env: terminal === undefined ? {} : colours(env, colourDepth(terminal)),
    stdio: [isOutPiped ? 'pipe' : 'inherit', isErrorPiped ? 'pipe' : 'inherit'],
    command: (nodeFlags) =>
      isOnePipe
        ? { execPath: SHELL, execArgv: ['-c', BOTH_IN_ONE, process.execPath, ...nodeFlags] }
        : { execArgv: nodeFlags },
    forward(child, isAttached) {
      const clean = (bytes: Buffer) => (isAttached() ? withoutNoise(bytes) : bytes);
      if (child.stdout) passOn(child.stdout, stdout, clean);
      if (child.stderr) passOn(child.stderr, stderr, clean);
    },
  };
}

/**
 * Copies the output. It reads more only after the last chunk has been written or has failed, so that backpressure
 * reaches the site.
 */
function passOn(source: Readable, open: () => Output, clean: (bytes: Buffer) => Buffer): void {
  let output: Output | undefined;
  source.on('data', (bytes: Buffer) => {
    output ??= open();
    const cleaned = clean(bytes);
    if (cleaned.length > 0 && !output.write(cleaned, () => void source.resume())) source.pause();
  });
  source.on('close', () => output?.sourceEnded?.());
  // A broken pipe means that the worker has ended. That is reported separately.
  source.on('error', () => {});
}

/** The line that Node writes to stderr when an inspector client connects. */
const NOISE = 'Debugger attached.\n';

function withoutNoise(bytes: Buffer): Buffer {
  const start = bytes.indexOf(NOISE);
  if (start < 0) return bytes;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + NOISE.length)]);
}

function colours(env: NodeJS.ProcessEnv, depth: number): NodeJS.ProcessEnv {
  if (env.FORCE_COLOR !== undefined || env.NO_COLOR !== undefined) return {};
  const level = COLOUR_LEVELS[depth];
  // The package `debug` has its own variable for colours.
  return level === undefined ? {} : { FORCE_COLOR: level, DEBUG_COLORS: env.DEBUG_COLORS ?? 'yes' };
}
