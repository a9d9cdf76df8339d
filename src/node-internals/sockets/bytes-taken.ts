import type { Socket } from 'node:net';
import { mayUseInternals } from '../probe.ts';

/** A handle of `node:net`: how much was given to it, and how much of that waits until the system takes it. */
interface SocketHandle {
  readonly bytesWritten?: unknown;
  readonly writeQueueSize?: unknown;
}

/**
 * How many bytes the system has taken for the client. What Node documents counts a block as a whole as soon as it is
 * given to the socket, and a slow client takes minutes for a large one. Node's own time-outs ask the handle as well.
 *
 * @returns undefined where this Node does not tell
 */
export function bytesTaken(socket: Socket): number | undefined {
  if (!mayUseInternals()) return undefined;
  const handle = (socket as { _handle?: SocketHandle | null })._handle;
  const { bytesWritten, writeQueueSize } = handle ?? {};
  if (typeof bytesWritten !== 'number' || typeof writeQueueSize !== 'number') return undefined;
  return bytesWritten - writeQueueSize;
}
