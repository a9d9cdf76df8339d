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
