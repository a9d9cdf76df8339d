import type { Socket } from 'node:net';
import { mayUseInternals } from '../probe.ts';

/** A handle of `node:net`: how many bytes were written to it, and how many of them wait for the system. */
interface SocketHandle {
  readonly bytesWritten?: unknown;
  readonly writeQueueSize?: unknown;
}

/**
 * The number of bytes that the system has accepted for the client. The documented count includes a whole block as soon
 * as it is written to the socket, but a slow client takes minutes for a large one. Node's own timeouts use the handle
 * as well.
 *
 * @returns undefined if this Node does not provide the number
 */
export function bytesTaken(socket: Socket): number | undefined {
  if (!mayUseInternals()) return undefined;
  const handle = (socket as { _handle?: SocketHandle | null })._handle;
  const { bytesWritten, writeQueueSize } = handle ?? {};
  if (typeof bytesWritten !== 'number' || typeof writeQueueSize !== 'number') return undefined;
  return bytesWritten - writeQueueSize;
}
