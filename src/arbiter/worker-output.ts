import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** The value of FORCE_COLOR for a number of bits of colour. */
const COLOUR_LEVELS: Readonly<Record<number, string>> = { 4: '1', 8: '2', 24: '3' };

const SHELL = '/bin/sh';

/** Starts Node with stdout and stderr in one pipe, so that their lines keep their order. */
const BOTH_IN_ONE = 'exec "$0" "$@" 2>&1';

/** How the output of a worker reaches the output of the arbiter. */
export interface WorkerOutput {
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: readonly ['inherit' | 'pipe', 'inherit' | 'pipe'];
  /** The program that starts Node. */
  command(nodeFlags: string[]): { execPath?: string; execArgv: string[] };
  /** @param isAttached Whether its stack was read through the inspector, about which Node writes a line. */
  forward(child: ChildProcess, isAttached: () => boolean): void;
}

/** Where a worker's output goes: a stream, or a log that keeps the lines of several processes apart. */
export interface Output {
  /** @returns false when `onWritten` is called later, and no more should be written before */
  write(bytes: Buffer, onWritten: () => void): boolean;
  /** The output has ended. */
  sourceEnded?(): void;
}

/** Our own outputs: stdout is 1, stderr is 2. */
export interface Outputs {
  /** The kind of an output. `other`, a file say: a worker cannot change it for other processes. */
  readonly kindOf: (fd: 1 | 2) => 'terminal' | 'pipe' | 'other';
  /** Whether both lead to the same place. */
  readonly areOne: () => boolean;
  /** The bits of colour that a terminal has. */
  readonly colourDepth: (fd: 1 | 2) => number;
  /** Called for each worker, when it prints something for the first time. */
  readonly stdout: () => Output;
  readonly stderr: () => Output;
  readonly platform: NodeJS.Platform;
}

/**
 * A worker that shares a terminal or a pipe with the arbiter changes it for both: at its end Node resets the mode of the
 * terminal, and makes the pipe a blocking one. So the output of a site comes through a pipe of its own, and FORCE_COLOR
 * says what the terminal can do. (On Windows neither happens.)
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

/** Reads on when the last chunk is written, or cannot be: backpressure reaches the site. */
function passOn(source: Readable, open: () => Output, clean: (bytes: Buffer) => Buffer): void {
  let output: Output | undefined;
  source.on('data', (bytes: Buffer) => {
    output ??= open();
    const cleaned = clean(bytes);
    if (cleaned.length > 0 && !output.write(cleaned, () => void source.resume())) source.pause();
  });
  source.on('close', () => output?.sourceEnded?.());
  // A pipe that breaks is the end of its worker, which is reported on its own.
  source.on('error', () => {});
}

/** Node's own lines on stderr of a process whose stack is read. */
const NOISE = 'Debugger attached.\n';

function withoutNoise(bytes: Buffer): Buffer {
  const start = bytes.indexOf(NOISE);
  if (start < 0) return bytes;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + NOISE.length)]);
}

function colours(env: NodeJS.ProcessEnv, depth: number): NodeJS.ProcessEnv {
  if (env.FORCE_COLOR !== undefined || env.NO_COLOR !== undefined) return {};
  const level = COLOUR_LEVELS[depth];
  // Programs that print by `debug` have a name of their own for it.
  return level === undefined ? {} : { FORCE_COLOR: level, DEBUG_COLORS: env.DEBUG_COLORS ?? 'yes' };
}
