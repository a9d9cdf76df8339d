import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { mayUseInternals } from './probe.ts';

/** A socket that is bound, and that this process does not accept on. Workers listen on it: `server.listen(handle)`. */
export interface BoundHandle {
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

type CreateServerHandle = (
  address: string | null,
  port: number | null,
  family: number | null,
  fd?: number,
  flags?: number,
) => BoundHandle | number;

/** Of libuv. */
const UV_TCP_IPV6ONLY = 1;

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
  create = (net as { _createServerHandle?: CreateServerHandle })._createServerHandle,
): { handle: BoundHandle; name: Partial<net.AddressInfo> } | undefined {
  if (typeof create !== 'function' || !mayUseInternals()) return undefined;
  const flags = ipv6Only ? UV_TCP_IPV6ONLY : 0;
  const handle =
    fd === undefined ? create(address, port, family, -1, flags) : create(null, null, null, fd, 0);
  const name: Partial<net.AddressInfo> = {};
  // libuv reports late that another socket has the port.
  const error = typeof handle === 'number' ? handle : (handle.getsockname?.(name) ?? 0);
  if (typeof handle !== 'number' && error === 0) return { handle, name };
  if (typeof handle !== 'number') handle.close();
  const code = getSystemErrorName(error);
  const where = fd === undefined ? [address, ...(port < 0 ? [] : [port])].join(':') : `descriptor ${fd}`;
  throw Object.assign(new Error(`bind ${code} ${where}`), { code, errno: error, syscall: 'bind' });
}
