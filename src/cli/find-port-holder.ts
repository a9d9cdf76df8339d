import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** Which process listens on a TCP port, where the system lets us see it. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  try {
    return process.platform === 'linux' ? holderFromProc(port) : await holderFromLsof(port);
  } catch {
    return undefined; // No /proc, no lsof, or not ours to see: the caller does without.
  }
}

const LISTEN = '0A';

function holderFromProc(port: number): PortHolder | undefined {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    if (!existsSync(table)) continue; // A kernel without IPv6 has one table.
    for (const line of readFileSync(table, 'latin1').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTEN && Number.parseInt(local!.split(':')[1]!, 16) === port)
        inodes.add(`socket:[${inode}]`);
    }
  }
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holdsOneOf(inodes, name));
  if (pid === undefined) return undefined;
  return { pid: Number(pid), command: commandOf(pid) };
}

/** The name that a program goes by. From 24 on Node gives its thread a name of its own, which nobody would know. */
function commandOf(pid: string): string {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  return /MainThread$/.test(name) ? path.basename(readlinkSync(`/proc/${pid}/exe`)) : name;
}

function holdsOneOf(inodes: ReadonlySet<string>, pid: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => inodes.has(readlinkSync(`${folder}/${fd}`)));
  } catch {
    return false; // Another user's process, or one that has ended meanwhile.
  }
}

async function holderFromLsof(port: number): Promise<PortHolder | undefined> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    timeout: 1000,
  });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: /^c(.+)$/m.exec(stdout)?.[1] ?? '?' };
}
