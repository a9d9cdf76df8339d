import type { Socket } from 'node:net';
import { mayUseInternals } from '../probe.ts';

/**
 * Ends a connection with a reset alone, so that the peer treats the received data as incomplete. Node's
 * `resetAndDestroy()` sends a regular end first. A unix socket has no reset.
 *
 * Undocumented: the property `resetAndClosing`, in Node 20 to 26, makes `destroy()` send a reset. Without it, the end
 * is a regular one.
 */
export function resetSocket(socket: Socket): void {
  const isTcp = socket.remoteAddress !== undefined;
  if (mayUseInternals() && isTcp) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}
