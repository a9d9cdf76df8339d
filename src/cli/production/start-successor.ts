import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommandError } from '../../errors.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { type BoundSocket, handOverSockets } from '../../production/binding/bound-socket.ts';
import { backgroundMark, SERVES } from '../../production/host/daemon.ts';

interface SuccessorOptions {
  /** The names of sites without a running worker. */
  readonly notServed: readonly string[];
  /** The folder where the command was started, with symbolic links. */
  readonly folder: string;
  /** Whether this process is in the background. The new one then is, too. */
  readonly isBackground: boolean;
  readonly timeoutMs: number;
  /** Aborted when this server ends. A successor that does not serve yet then ends, too. */
  readonly ending: AbortSignal;
}

/** The reason why the new server cannot serve. */
interface Failed {
  readonly failed: string;
}

/** Descriptor 3 of the new process is the channel. */
const FIRST_FD = 4;

/**
 * Starts the same command again on the same sockets, with the Node and the package to which its words lead now.
 * Resolves with its process id when it serves.
 *
 * @throws {CommandError} with the reason if the new server cannot serve, or ends before it does.
 */
export async function startSuccessor(
  sockets: readonly BoundSocket[],
  { notServed, folder, isBackground, timeoutMs, ending }: SuccessorOptions,
): Promise<number> {
  const { stdio, env } = handOverSockets(sockets, FIRST_FD, notServed);
  // The folder of an old release may have been removed.
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

/**
 * Reports that this server serves: to the server that it replaces, or to the command that has started it in the
 * background.
 */
export function tellStarter(): void {
  if (process.connected) process.send!(SERVES, undefined, {}, () => {});
}

/**
 * Reports to the previous server why this one cannot replace it, since administrators read that server's log.
 *
 * @returns whether there is such a server
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
  // Its messages may arrive after its exit, but before the end of the channel.
  const [[code, signal]] = (await Promise.all([once(child, 'exit'), once(child, 'disconnect')])) as [
    [number | null, NodeJS.Signals | null],
    unknown,
  ];
  if (said !== undefined) throw new CommandError(said);
  throw new CommandError(`The new server ended before it served (${signal ?? `exit code ${code}`}).`, {
    hint: 'Its output may say why.',
  });
}
