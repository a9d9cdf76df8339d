import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { mayUseInternals } from './probe.ts';

/**
 * The connection below TLS, or the socket itself if there is no TLS.
 *
 * Undocumented: the property of `TLSSocket` that contains it, in Node 20 to 26. Without it, the result is the TLS
 * socket.
 */
export function wireOf(socket: Socket | TLSSocket): Socket {
  const parent = mayUseInternals() ? (socket as { _parent?: unknown })._parent : undefined;
  return parent instanceof Socket ? parent : socket;
}

/** Whether this Node provides the connection below TLS. */
export function canFindWire(): boolean {
  const { TLSSocket } = process.getBuiltinModule('node:tls');
  const raw = new Socket();
  return wireOf(new TLSSocket(raw, { isServer: true })) === raw;
}
