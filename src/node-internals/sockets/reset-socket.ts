import type { Socket } from 'node:net';
import { mayUseInternals } from '../probe.ts';

/**
 * Ends a connection with a reset and nothing before it, so that the peer takes what it has received for incomplete. Node's
 * `resetAndDestroy()` sends a regular end first. A unix socket has no reset.
 *
 * Undocumented: the property `resetAndClosing`, in Node 20 to 26, makes `destroy()` reset. Without it the end is a regular one.
 */
export function resetSocket(socket: Socket): void {
  const isTcp = socket.remoteAddress !== undefined;
  if (mayUseInternals() && isTcp) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}
