import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommandError } from '../../errors.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { type BoundSocket, handOverSockets } from '../../production/binding/bound-socket.ts';
import { backgroundMark, SERVES } from '../../production/host/daemon.ts';

interface SuccessorOptions {
  /** Where the command was started, links included. */
  readonly folder: string;
  /** Whether this process is in the background, and that one too. */
  readonly isBackground: boolean;
  readonly timeoutMs: number;
}

/** The channel is descriptor 3 of the new process. */
const FIRST_FD = 4;

/**
 * Starts this very command again, by the Node and the package that its words lead to now, on the same sockets. Resolves with
 * its process id when it serves.
 *
 * @throws {CommandError} when it ends before. It has said why itself.
 */
export async function startSuccessor(
  sockets: readonly BoundSocket[],
  { folder, isBackground, timeoutMs }: SuccessorOptions,
): Promise<number> {
  const { stdio, env } = handOverSockets(sockets, FIRST_FD);
  // The folder of an old release may be gone.
  const cwd = statIfThere(folder)?.isDirectory() ? folder : process.cwd();
  const child = spawn(process.argv0, [...process.execArgv, ...process.argv.slice(1)], {
    cwd,
    env: { ...process.env, PWD: cwd, ...(isBackground && backgroundMark()), ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...stdio],
  });
  const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
  try {
    await Promise.race([served(child), ended(child)]);
  } finally {
    clearTimeout(timer);
  }
  child.disconnect();
  child.unref();
  return child.pid!;
}

/** Tells who waits for it that this server serves: the one whose place it takes, or the command that put it into the background. */
export function tellStarter(): void {
  if (process.connected) process.send!(SERVES, undefined, {}, () => {});
}

async function served(child: ChildProcess): Promise<void> {
  for (;;) if ((await once(child, 'message'))[0] === SERVES) return;
}

async function ended(child: ChildProcess): Promise<never> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  throw new CommandError(`The new server ended before it served (${signal ?? `exit code ${code}`}).`, {
    hint: 'It has said why.',
  });
}
