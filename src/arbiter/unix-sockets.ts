import { readFileSync, readlinkSync } from 'node:fs';

/** A unix socket of this machine, as Linux lists it. */
interface UnixSocket {
  /** How a descriptor of it is shown in /proc: `socket:[12345]`. */
  readonly link: string;
  readonly isListening: boolean;
  /** As it was bound. An abstract one begins with NUL. Empty for one without a name. */
  readonly path: string;
}

/** The flag of a socket that listens. */
const LISTENS = '00010000';

/** @throws where there is no /proc. */
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

/** The path that a unix socket of this process is bound to, where the system tells. */
export function pathOfDescriptor(fd: number): string | undefined {
  try {
    const link = readlinkSync(`/proc/self/fd/${fd}`);
    return unixSockets().find((socket) => socket.link === link)?.path || undefined;
  } catch {
    return undefined; // No /proc, or no such descriptor: the caller does without.
  }
}
