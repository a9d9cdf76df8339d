import { existsSync, readFileSync } from 'node:fs';

/** A TCP socket in Linux's list of this machine. */
interface TcpSocket {
  /** The link of its descriptors in /proc: `socket:[12345]`. */
  readonly link: string;
  readonly isListening: boolean;
  readonly port: number;
}

const LISTEN = '0A';

/** Lists the TCP sockets of this machine. @throws when there is no /proc. */
export function tcpSockets(): TcpSocket[] {
  // A kernel without IPv6 has only the first table.
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter((table) => existsSync(table));
  return tables.flatMap((table) => {
    const [, ...lines] = readFileSync(table, 'latin1').trimEnd().split('\n');
    return lines.map((line) => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(local!.split(':')[1]!, 16);
      return { link: `socket:[${inode}]`, isListening: state === LISTEN, port };
    });
  });
}
