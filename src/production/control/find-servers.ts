import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { namesIn } from '../../files/names-in.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { parseAbstractName, parseSocketFileName, type ServerAddress } from './address.ts';
import { type FolderChoice, privateFolders } from './private-folders.ts';

/** A server of this machine, found without connecting to it. A socket file may be left from a dead one. */
export interface FoundServer extends ServerAddress {
  /** What to connect to. */
  readonly path: string;
  /** Undefined when this user may use the server, else the number of the user whose server it is. */
  readonly foreignUser?: number;
}

/** Finds the servers of this machine that have a control channel, the longest running first. */
export function findServers(choice: FolderChoice): FoundServer[] {
  return [...abstractServers(), ...serversInFolders(choice)].sort((a, b) => a.pid - b.pid);
}

const IS_LISTENING = 0x10000;

function abstractServers(): FoundServer[] {
  return openUnixSockets().flatMap((line) => {
    const [, , , flags, , , inode, name] = line.trim().split(/\s+/);
    const address = name?.startsWith('@') ? parseAbstractName(name.slice(1)) : undefined;
    if (address === undefined || (Number.parseInt(flags!, 16) & IS_LISTENING) === 0) return [];
    const server = { ...address, path: `\0${name!.slice(1)}` };
    try {
      // Every user can give a socket this name. The facts of the kernel about the process cannot be forged.
      return hasSocket(address.pid, inode!) ? [server] : [];
    } catch {
      const owner = statIfThere(`/proc/${address.pid}`)?.uid;
      return owner === undefined ? [] : [{ ...server, foreignUser: owner }];
    }
  });
}

function openUnixSockets(): string[] {
  try {
    return readFileSync('/proc/net/unix', 'latin1').split('\n');
  } catch {
    return []; // No Linux.
  }
}

/** @throws when this user may not know it */
function hasSocket(pid: number, inode: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(path.join(folder, descriptor)) === `socket:[${inode}]`;
    } catch {
      return false; // It has been closed meanwhile.
    }
  });
}

function serversInFolders(choice: FolderChoice): FoundServer[] {
  return [...privateFolders(choice)].flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const address = parseSocketFileName(name);
      return address === undefined ? [] : [{ ...address, path: path.join(folder, name) }];
    }),
  );
}
