import { fstatSync, readlinkSync } from 'node:fs';
import { tcpSockets } from '../../arbiter/tcp-sockets.ts';
import { unixSockets } from '../../arbiter/unix-sockets.ts';

/**
 * Whether a descriptor of this process is a listening socket. A parent's pipe may be a socket too (from Node, or sshd): only
 * Linux shows the difference, and elsewhere each socket counts as listening.
 */
export function isListeningSocket(fd: number): boolean {
  try {
    if (!fstatSync(fd).isSocket()) return false;
    if (process.platform !== 'linux') return true;
    const link = readlinkSync(`/proc/self/fd/${fd}`);
    const socket = [...unixSockets(), ...tcpSockets()].find((listed) => listed.link === link);
    // One of another network namespace is not listed.
    return socket?.isListening ?? true;
  } catch {
    return false; // It is not open, or there is no /proc.
  }
}
