import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommandError } from '../../errors.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { type BoundSocket, handOverSockets } from '../../production/binding/bound-socket.ts';
import { backgroundMark, SERVES } from '../../production/host/daemon.ts';

interface SuccessorOptions {
  /** The names of sites of which no worker runs. */
  readonly notServed: readonly string[];
  /** Where the command was started, links included. */
  readonly folder: string;
  /** Whether this process is in the background, and that one too. */
  readonly isBackground: boolean;
  readonly timeoutMs: number;
  /** Aborted when this server ends. A successor that does not serve by then ends, too. */
  readonly ending: AbortSignal;
}

/** Why the new server cannot serve. */
interface Failed {
  readonly failed: string;
}

/** The channel is descriptor 3 of the new process. */
const FIRST_FD = 4;

/**
 * Starts this very command again, by the Node and the package that its words lead to now, on the same sockets. Resolves with
 * its process id when it serves.
 *
 * @throws {CommandError} with what the new server says when it cannot serve, and when it ends before it does.
 */
export async function startSuccessor(
  sockets: readonly BoundSocket[],
  { notServed, folder, isBackground, timeoutMs, ending }: SuccessorOptions,
): Promise<number> {
  const { stdio, env } = handOverSockets(sockets, FIRST_FD, notServed);
  // The folder of an old release may be gone.
  const cwd = statIfThere(folder)?.isDirectory() ? folder : process.cwd();
  const child = spawn(process.argv0, [...process.execArgv, ...process.argv.slice(1)], {
    cwd,
    env: { ...process.env, PWD: cwd, ...(isBackground && backgroundMark()), ...env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...stdio],
  });
  const end = () => void child.kill('SIGTERM');
  const timer = setTimeout(end, timeoutMs);
  ending.addEventListener('abort', end);
  try {
    await Promise.race([served(child), ended(child)]);
  } finally {
    clearTimeout(timer);
    ending.removeEventListener('abort', end);
  }
  child.disconnect();
  child.unref();
  return child.pid!;
}

/** Reports that this server serves, to the server that it replaces or to the command that put it into the background. */
export function tellStarter(): void {
  if (process.connected) process.send!(SERVES, undefined, {}, () => {});
}

/**
 * Reports to the previous server why this one cannot replace it: administrators read the log of the previous server.
 *
 * @returns whether it has been told
 */
export async function tellFailed(reason: string): Promise<boolean> {
  if (!process.connected) return false;
  const message: Failed = { failed: reason };
  return new Promise((resolve) => process.send!(message, undefined, {}, (error) => resolve(error === null)));
}

async function served(child: ChildProcess): Promise<void> {
  for (;;) if ((await once(child, 'message'))[0] === SERVES) return;
}

async function ended(child: ChildProcess): Promise<never> {
  let said: string | undefined;
  child.on('message', (message: string | Failed) => {
    if (typeof message === 'object') said = message.failed;
  });
  // What it has said may come after its exit, and comes before the end of the channel.
  const [[code, signal]] = (await Promise.all([once(child, 'exit'), once(child, 'disconnect')])) as [
    [number | null, NodeJS.Signals | null],
    unknown,
  ];
  if (said !== undefined) throw new CommandError(said);
  throw new CommandError(`The new server ended before it served (${signal ?? `exit code ${code}`}).`, {
    hint: 'Its output may say why.',
  });
}
