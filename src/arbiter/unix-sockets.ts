import { readFileSync, readlinkSync } from 'node:fs';

/** A unix socket in Linux's list of this machine. */
interface UnixSocket {
  /** The link of its descriptors in /proc: `socket:[12345]`. */
  readonly link: string;
  readonly isListening: boolean;
  /** The path as in the bind. An abstract socket begins with NUL. Empty for a socket without a name. */
  readonly path: string;
}

/** The flag of a listening socket. */
const LISTENS = '00010000';

/** Lists the unix sockets of this machine. @throws when there is no /proc. */
export function unixSockets(): UnixSocket[] {
  const [, ...lines] = readFileSync('/proc/net/unix', 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [, , , flags, , , inode, ...words] = line.split(/ +/);
    return {
      link: `socket:[${inode}]`,
      isListening: flags === LISTENS,
      path: words.join(' ').replace(/^@/, '\0'),
    };
  });
}

/** The path that a unix socket of this process is bound to. Undefined when the system does not show it. */
export function pathOfDescriptor(fd: number): string | undefined {
  try {
    const link = readlinkSync(`/proc/self/fd/${fd}`);
    return unixSockets().find((socket) => socket.link === link)?.path || undefined;
  } catch {
    return undefined; // There is no /proc or no such descriptor. The caller works without the path.
  }
}
