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

/** Which process listens on a TCP port, where the system lets us see it. */
export async function findPortHolder(port: number): Promise<SocketHolder | undefined> {
  try {
    return process.platform === 'linux'
      ? holderOf(linksOfPort(port))
      : await holderFromLsof([`-iTCP:${port}`, '-sTCP:LISTEN']);
  } catch {
    return undefined; // No /proc, no lsof, or no permission: the caller works without the answer.
  }
}

/** Which process has a unix socket of this path, where the system lets us see it. */
export async function findPathHolder(socketPath: string): Promise<SocketHolder | undefined> {
  try {
    return process.platform === 'linux'
      ? holderOf(linksOfPath(socketPath))
      : await holderFromLsof(['-U', '-a', socketPath]);
  } catch {
    return undefined; // as above
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

/** The name of a program. From Node 24 on, `comm` has the name of its main thread instead, which users do not know. */
function commandOf(pid: string): string {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  return /MainThread$/.test(name) ? path.basename(readlinkSync(`/proc/${pid}/exe`)) : name;
}

function isKnownToHave(sockets: ReadonlySet<string>, pid: string): boolean {
  try {
    return hasSocket(pid, sockets);
  } catch {
    return false; // Another user's process, or one that has ended meanwhile.
  }
}

/**
 * Whether a process has one of these sockets.
 *
 * @param sockets As /proc shows descriptors: `socket:[12345]`.
 * @throws where this user may not know it.
 */
export function hasSocket(pid: number | string, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return sockets.has(readlinkSync(`${folder}/${descriptor}`));
    } catch {
      return false; // It has been closed meanwhile.
    }
  });
}

async function holderFromLsof(selection: readonly string[]): Promise<SocketHolder | undefined> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', '-Fpc', ...selection], { timeout: 1000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: /^c(.+)$/m.exec(stdout)?.[1] ?? '?' };
}
