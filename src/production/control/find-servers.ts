import path from 'node:path';
import { hasSocket } from '../../arbiter/find-socket-holder.ts';
import { unixSockets } from '../../arbiter/unix-sockets.ts';
import { namesIn } from '../../files/names-in.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { parseAbstractName, parseSocketFileName, type ServerAddress } from './address.ts';
import { type FolderChoice, privateFolders } from './private-folders.ts';

/** A server of this machine, found without connecting to it. A socket file may be left from a dead one. */
export interface FoundServer extends ServerAddress {
  /** The address of its control channel. */
  readonly path: string;
  /** Undefined when this user may use the server, else the number of the user whose server it is. */
  readonly foreignUser?: number;
}

/** Finds the servers of this machine that have a control channel, the longest running first. */
export function findServers(choice: FolderChoice): FoundServer[] {
  return [...abstractServers(), ...serversInFolders(choice)].sort((a, b) => a.pid - b.pid);
}

function abstractServers(): FoundServer[] {
  return openUnixSockets().flatMap(({ isListening, link, path: socketPath }) => {
    const address = socketPath.startsWith('\0') ? parseAbstractName(socketPath.slice(1)) : undefined;
    if (address === undefined || !isListening) return [];
    const server = { ...address, path: socketPath };
    try {
      // Every user can give a socket this name. The facts of the kernel about the process cannot be forged.
      return hasSocket(address.pid, new Set([link])) ? [server] : [];
    } catch {
      const owner = statIfThere(`/proc/${address.pid}`)?.uid;
      return owner === undefined ? [] : [{ ...server, foreignUser: owner }];
    }
  });
}

function openUnixSockets(): ReturnType<typeof unixSockets> {
  try {
    return unixSockets();
  } catch {
    return []; // Not Linux.
  }
}

function serversInFolders(choice: FolderChoice): FoundServer[] {
  return [...privateFolders(choice)].flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const address = parseSocketFileName(name);
      return address === undefined ? [] : [{ ...address, path: path.join(folder, name) }];
    }),
  );
}
