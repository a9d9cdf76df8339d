import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { tcpSockets } from './tcp-sockets.ts';
import { unixSockets } from './unix-sockets.ts';

interface SocketHolder {
  readonly pid: number;
  readonly command: string;
}

/** Finds the process that listens on a TCP port. Undefined when the system does not show it. */
export async function findPortHolder(port: number): Promise<SocketHolder | undefined> {
  try {
    return process.platform === 'linux'
      ? holderOf(linksOfPort(port))
      : await holderFromLsof([`-iTCP:${port}`, '-sTCP:LISTEN']);
  } catch {
    return undefined; // There is no /proc, no lsof, or no permission. The caller works without the result.
  }
}

/** Finds the process that has a unix socket of this path. Undefined when the system does not show it. */
export async function findPathHolder(socketPath: string): Promise<SocketHolder | undefined> {
  try {
    return process.platform === 'linux'
      ? holderOf(linksOfPath(socketPath))
      : await holderFromLsof(['-U', '-a', socketPath]);
  } catch {
    return undefined; // The same reasons as in `findPortHolder()`.
  }
}

function linksOfPort(port: number): Set<string> {
  const sockets = tcpSockets().filter((socket) => socket.isListening && socket.port === port);
  return new Set(sockets.map(({ link }) => link));
}

function linksOfPath(socketPath: string): Set<string> {
  const sockets = unixSockets().filter(({ isListening, path }) => isListening && path === socketPath);
  return new Set(sockets.map(({ link }) => link));
}

function holderOf(sockets: ReadonlySet<string>): SocketHolder | undefined {
  if (sockets.size === 0) return undefined;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isKnownToHave(sockets, name));
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(pid) };
}

/** The name of a program. Since Node 24, `comm` contains the name of the main thread, which users do not know. */
function commandOf(pid: string): string {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  return /MainThread$/.test(name) ? path.basename(readlinkSync(`/proc/${pid}/exe`)) : name;
}

function isKnownToHave(sockets: ReadonlySet<string>, pid: string): boolean {
  try {
    return hasSocket(pid, sockets);
  } catch {
    return false; // The process belongs to another user, or has ended in the meantime.
  }
}

/**
 * Whether a process has one of these sockets.
 *
 * @param sockets Links of descriptors, in the form of /proc: `socket:[12345]`.
 * @throws when this user may not read the descriptors of the process.
 */
export function hasSocket(pid: number | string, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return sockets.has(readlinkSync(`${folder}/${descriptor}`));
    } catch {
      return false; // The descriptor has been closed in the meantime.
    }
  });
}

async function holderFromLsof(selection: readonly string[]): Promise<SocketHolder | undefined> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', '-Fpc', ...selection], { timeout: 1000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: /^c(.+)$/m.exec(stdout)?.[1] ?? '?' };
}
