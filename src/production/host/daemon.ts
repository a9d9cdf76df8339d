import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';

/** The message from a server to the process that has started it, once it serves. */
export const SERVES = 'serves';

/** The environment variable of a process that was started as a server in the background. */
const MARK = 'STARTPROJECT_IN_BACKGROUND';

/** Signals with which a user cancels a slow start. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long the last output of an ended process is awaited. Its children may keep its stderr open. */
const LAST_WORDS_MS = 500;

interface DaemonOptions {
  /** The command to run in the background, with its arguments. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether it inherits our standard input, which is a socket that it serves. @default false: /dev/null */
  readonly hasStdin?: boolean;
  /** The descriptor of a file for its standard output. @default /dev/null */
  readonly stdout?: number | undefined;
  /** Called with its output to stderr until it serves. */
  readonly onStderr: (text: string) => void;
  /** Called with its process id when it serves. */
  readonly onServes?: (pid: number) => void;
}

/**
 * Starts a command in the background, in its own session. Once it serves, its stderr is not read any more.
 *
 * @returns 0 if it serves, otherwise its exit code
 */
export async function startDaemon({
  command,
  args,
  cwd,
  env,
  hasStdin = false,
  stdout,
  onStderr,
  onServes = () => {},
}: DaemonOptions): Promise<number> {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, ...backgroundMark() },
    detached: true,
    stdio: [hasStdin ? 'inherit' : 'ignore', stdout ?? 'ignore', 'pipe', 'ipc'],
  });
  const stderr = child.stderr!;
  stderr.setEncoding('utf8').on('data', onStderr);
  const over = new AbortController();
  const end = () => void child.kill('SIGTERM');
  for (const signal of ENDING) process.on(signal, end);
  const serves = new Promise<number>((resolve) => {
    child.on('message', (message) => {
      if (message !== SERVES) return;
      onServes(child.pid!);
      resolve(0);
    });
  });
  try {
    const ended = once(child, 'exit', over).then(async ([code, signal]) => {
      await lastWords(stderr);
      return code ?? 128 + constants.signals[signal as NodeJS.Signals];
    });
    return await Promise.race([serves, ended]);
  } finally {
    over.abort();
    for (const signal of ENDING) process.off(signal, end);
    if (child.connected) child.disconnect();
    stderr.destroy();
    child.unref();
  }
}

/** The environment in which `isInBackground()` is true. */
export function backgroundMark(): NodeJS.ProcessEnv {
  return { [MARK]: '1' };
}

/** Whether this process was started as a server in the background. Its children must not inherit the variable. */
export function isInBackground(env: NodeJS.ProcessEnv): boolean {
  const isMarked = env[MARK] !== undefined;
  delete env[MARK];
  return isMarked;
}

async function lastWords(stderr: Readable): Promise<void> {
  if (stderr.closed) return;
  await once(stderr, 'close', { signal: AbortSignal.timeout(LAST_WORDS_MS) }).catch(() => {});
}
