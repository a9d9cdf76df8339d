import type { Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { HttpConnection } from './connection.ts';

/**
 * Closes a connection without a request when none has come for a while. A client may be sending one as the server
 * begins to close, and what it sends to a connection that is closed is lost. One that has come in part is waited for.
 */
export async function closeWhenIdle(connection: HttpConnection, graceMs: number): Promise<void> {
  do {
    await sleep(graceMs);
    await turn(); // reads what the system has received while the process was busy
    if (connection.isIdle) connection.endBehindOpen();
  } while (connection.isReceivingHead);
}

/** Ends so many of the connections, each with its next response. Those that were chosen before count. */
export function endWithNext(connections: ReadonlySet<HttpConnection>, count: number): void {
  const staying = [...connections].filter(({ isLeaving }) => !isLeaving);
  const leaving = connections.size - staying.length;
  for (const connection of staying.slice(0, Math.max(0, count - leaving))) connection.isLeaving = true;
}

/** Destroys a socket. Resolves when it is closed. */
export function destroyed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve()).destroy();
  });
}
