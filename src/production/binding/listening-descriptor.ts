import { fstatSync, readlinkSync } from 'node:fs';
import { tcpSockets } from '../../arbiter/tcp-sockets.ts';
import { unixSockets } from '../../arbiter/unix-sockets.ts';

/**
 * Whether a descriptor of this process is a listening socket. A pipe from the parent may also be a socket (from Node,
 * or sshd). Only Linux shows the difference; elsewhere each socket counts as listening.
 */
export function isListeningSocket(fd: number): boolean {
  try {
    if (!fstatSync(fd).isSocket()) return false;
    if (process.platform !== 'linux') return true;
    const link = readlinkSync(`/proc/self/fd/${fd}`);
    const socket = [...unixSockets(), ...tcpSockets()].find((listed) => listed.link === link);
    // A socket of another network namespace is not listed.
    return socket?.isListening ?? true;
  } catch {
    return false; // The descriptor is not open, or the system has no /proc.
  }
}
