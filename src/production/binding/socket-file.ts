import { chownSync, type Stats, unlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { findPathHolder } from '../../arbiter/find-socket-holder.ts';
import { CommandError } from '../../errors.ts';
import { lstatIfThere, statIfThere } from '../../files/stat-if-there.ts';
import type { FileOwner } from '../host/identity.ts';

/** The file of a unix socket, identified at the time of binding. */
export class SocketFile {
  readonly #path: string;
  readonly #made: Stats | undefined;

  constructor(socketPath: string) {
    this.#path = socketPath;
    this.#made = lstatIfThere(socketPath);
  }

  /** Whether it is still at its path, and was not replaced by a server that has started later. */
  get isThere(): boolean {
    const now = lstatIfThere(this.#path);
    return now !== undefined && now.dev === this.#made?.dev && now.ino === this.#made.ino;
  }

  /** @throws {CommandError} */
  giveTo({ uid, gid }: FileOwner): void {
    try {
      chownSync(this.#path, uid, gid);
    } catch (cause) {
      throw new CommandError(`The socket '${this.#path}' cannot be given to user ${uid} and group ${gid}.`, {
        hint: 'Only root can change the owner of a file.',
        cause,
      });
    }
  }

  remove(): void {
    if (this.isThere) unlinkIfAllowed(this.#path);
  }
}

/**
 * Prepares the path for binding a unix socket. A socket on which no server listens is removed.
 *
 * @throws {CommandError} if a server listens on it, and if there is another file.
 */
export async function makeRoomForSocket(socketPath: string): Promise<void> {
  const there = lstatIfThere(socketPath);
  if (there === undefined) return;
  if (!there.isSocket())
    throw new CommandError(`'${socketPath}' is ${kindOf(there)}, and not a socket.`, {
      hint: 'Remove it, or bind another path.',
    });
  const code = await connectError(socketPath);
  if (code === 'ENOENT') return;
  if (code !== 'ECONNREFUSED') throw await explainSocketError({ code: code ?? 'EADDRINUSE' }, socketPath);
  unlinkIfAllowed(socketPath);
}

/** Explains in one line why a unix socket cannot be used, and what to do. */
export async function explainSocketError(
  cause: { readonly code?: string; readonly message?: string },
  socketPath: string,
): Promise<CommandError> {
  const shown = `unix:${socketPath.replace(/^\0/, '@')}`;
  const folder = path.dirname(socketPath);
  switch (cause.code) {
    case 'EADDRINUSE':
    case 'EAGAIN': // The queue of a busy server is full.
    case 'EPROTOTYPE': {
      const holder = await findPathHolder(socketPath);
      const who = holder === undefined ? '' : ` by '${holder.command}', process ${holder.pid}`;
      const stop = holder === undefined ? 'Stop the program that has it' : `Stop it (kill ${holder.pid})`;
      return new CommandError(`${shown} is already in use${who}.`, {
        hint: `${stop}, or bind another path.`,
        cause,
      });
    }
    case 'EACCES':
    case 'ENOENT':
    case 'ENOTDIR':
      // libuv also reports EACCES if the folder does not exist.
      if (!statIfThere(folder)?.isDirectory())
        return new CommandError(`${shown}: there is no folder '${folder}'.`, {
          hint: `Create it: mkdir -p ${folder}`,
          cause,
        });
      return new CommandError(`You have no permission to use ${shown}.`, {
        hint: `Let the user who starts the server own the folder '${folder}', or bind a path in another one.`,
        cause,
      });
    case 'EROFS':
      return new CommandError(`${shown}: the folder '${folder}' is on a read-only file system.`, {
        hint: 'Bind a path in a folder that can be written to, or an abstract socket: unix:@mysite.',
        cause,
      });
    default:
      return new CommandError(`Cannot listen on ${shown}: ${cause.message ?? cause.code}.`, { cause });
  }
}

/** The error code of a connection attempt; undefined if it succeeds. */
function connectError(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const client = net.connect(socketPath);
    client.once('connect', () => {
      client.destroy();
      resolve(undefined);
    });
    client.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
}

function unlinkIfAllowed(socketPath: string): void {
  try {
    unlinkSync(socketPath);
  } catch {
    // The file was removed in the meantime, or this user cannot remove it. The following bind reports that.
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  return stats.isFile() ? 'a file' : 'a device or a pipe';
}
