import path from 'node:path';
import { hasSocket } from '../../arbiter/find-socket-holder.ts';
import { unixSockets } from '../../arbiter/unix-sockets.ts';
import { namesIn } from '../../files/names-in.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { parseAbstractName, parseSocketFileName, type ServerAddress } from './address.ts';
import { type FolderChoice, privateFolders } from './private-folders.ts';

/** A server on this machine, found without connecting to it. Its socket file may be left from an ended process. */
export interface FoundServer extends ServerAddress {
  /** The address of its control channel. */
  readonly path: string;
  /** The number of the user who owns the server; undefined if this user may use it. */
  readonly foreignUser?: number;
}

/** Finds the servers on this machine that have a control channel, the longest running first. */
export function findServers(choice: FolderChoice): FoundServer[] {
  return [...abstractServers(), ...serversInFolders(choice)].sort((a, b) => a.pid - b.pid);
}

function abstractServers(): FoundServer[] {
  return openUnixSockets().flatMap(({ isListening, link, path: socketPath }) => {
    const address = socketPath.startsWith('\0') ? parseAbstractName(socketPath.slice(1)) : undefined;
    if (address === undefined || !isListening) return [];
    const server = { ...address, path: socketPath };
    try {
      // Any user can create a socket with this name. The kernel's data about the process cannot be forged.
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
    return []; // The system is not Linux.
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
