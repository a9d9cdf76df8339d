import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { mayUseInternals } from '../probe.ts';

/**
 * A bound socket on which this process does not accept connections. Workers listen on it: `server.listen(handle,
 * backlog)`.
 */
export interface BoundHandle {
  /** The descriptor, which a child process can inherit. */
  readonly fd?: number;
  /** Closes it. If this process has bound a unix socket, its file is removed. */
  close(): void;
  getsockname?(name: object): number;
}

export interface BindTarget {
  /** An IP address, or the path of a unix socket. */
  readonly address?: string | null;
  readonly port?: number;
  readonly family?: number;
  readonly ipv6Only?: boolean;
  readonly fd?: number;
}

/** The undocumented members of libuv's streams. Each function returns 0 or an error number. */
interface ServerHandle extends BoundHandle {
  onconnection?(error: number, connection?: object): void;
  listen(backlog: number): number;
  readStart(): number;
  readStop(): number;
}

type CreateServerHandle = (
  address: string | null,
  port: number | null,
  family: number | null,
  fd?: number,
  flags?: number,
) => ServerHandle | number;

/** A flag of libuv. */
const UV_TCP_IPV6ONLY = 1;

function createServerHandle(): CreateServerHandle | undefined {
  return (net as { _createServerHandle?: CreateServerHandle })._createServerHandle;
}

/**
 * Binds a socket for other processes to listen on. `net.Server` cannot do that: it accepts as soon as it listens, and
 * would take connections from the workers.
 *
 * Undocumented: `node:cluster` makes its shared handles by this function of `node:net`, in Node 20 to 26.
 *
 * @returns the handle and its TCP address, or undefined where this Node does not have the function.
 * @throws as `net.Server` does when the address cannot be had.
 */
export function bindHandle(
  { address = null, port = -1, family = -1, ipv6Only, fd }: BindTarget,
  create = createServerHandle(),
): { handle: BoundHandle; name: Partial<net.AddressInfo> } | undefined {
  if (typeof create !== 'function' || !mayUseInternals()) return undefined;
  const flags = ipv6Only ? UV_TCP_IPV6ONLY : 0;
  const handle =
    fd === undefined ? create(address, port, family, -1, flags) : create(null, null, null, fd, 0);
  const name: Partial<net.AddressInfo> = {};
  // libuv reports only now that another socket uses the port.
  const error = typeof handle === 'number' ? handle : (handle.getsockname?.(name) ?? 0);
  if (typeof handle !== 'number' && error === 0) return { handle, name };
  if (typeof handle !== 'number') handle.close();
  const where = fd === undefined ? [address, ...(port < 0 ? [] : [port])].join(':') : `descriptor ${fd}`;
  throw systemError('bind', error, where);
}

/**
 * Makes the kernel queue connections on a bound socket from now on, before any worker listens. The system's `listen()`
 * does just that, but libuv's also begins to accept. For a listening stream, reading means waiting for the same event
 * as accepting, so stopping to read stops accepting. This happens before the next turn of the event loop, so no
 * connection is accepted in between.
 *
 * Undocumented, in Node 20 to 26: these functions work on such a handle. libuv reads only from handles that are made
 * from a descriptor. So a second handle is made for the same socket; only the first one is closed.
 *
 * @param onAccepted Called with a connection if another version of Node accepts one nevertheless.
 * @returns false if this Node does not support it. Then the kernel queues connections from the moment when the first
 * worker listens.
 * @throws as `net.Server` does if the socket cannot listen.
 */
export function queueConnections(
  { fd }: BoundHandle,
  backlog: number,
  onAccepted: (connection: net.Socket) => void,
  create = createServerHandle(),
): boolean {
  if (process.platform !== 'linux' || fd === undefined || typeof create !== 'function') return false;
  const handle = create(null, null, null, fd, 0);
  if (typeof handle === 'number' || !stopReading(handle)) return false;
  handle.onconnection = (_error, connection) => {
    // Done in the same way as by `net.Server`.
    if (connection !== undefined)
      onAccepted(new net.Socket({ handle: connection } as net.SocketConstructorOpts));
  };
  const error = handle.listen(backlog);
  if (error !== 0) throw systemError('listen', error, `descriptor ${fd}`);
  stopReading(handle);
  return true;
}

function stopReading(handle: ServerHandle): boolean {
  return handle.readStart?.() === 0 && handle.readStop?.() === 0;
}

function systemError(syscall: string, errno: number, where: string): Error {
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`${syscall} ${code} ${where}`), { code, errno, syscall });
}
