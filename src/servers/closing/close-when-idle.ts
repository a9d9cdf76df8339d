import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

/** A connection that can end itself as soon as no request is open. */
export interface IdleConnection {
  /** Whether no request is open and no bytes of another one have arrived. */
  readonly isIdle: boolean;
  /** Whether no request is open, but some bytes of another one have arrived. */
  readonly isReceivingHead: boolean;
  /** Whether the connection ends with its next response. */
  isLeaving: boolean;
  /** Answers the open requests and then ends, since the client sends no further request. */
  endBehindOpen(): void;
}

/**
 * Bytes that arrive during a turn of the event loop are read in the next one. A turn as short as this leaves little
 * time for that.
 */
const SHORT_TURN_MS = 0.5;
/** A busy server may never have a short turn, so the number of turns is limited. */
const MOST_TURNS = 20;

/**
 * Closes an idle connection when no request has arrived for a while. A client may send a request at the moment when the
 * server starts to close, and a request on a closed connection is lost. A partly received request is awaited.
 */
export async function closeWhenIdle(connection: IdleConnection, graceMs: number): Promise<void> {
  do {
    await sleep(graceMs);
    await shortTurn(); // Reads what the system has received while the process was busy.
    if (connection.isIdle) connection.endBehindOpen();
  } while (connection.isReceivingHead);
}

async function shortTurn(): Promise<void> {
  for (let count = 0; count < MOST_TURNS; count++) {
    const startedAt = performance.now();
    await turn();
    if (performance.now() - startedAt < SHORT_TURN_MS) return;
  }
}

/**
 * Ends this number of connections, each with its next response. Connections that were selected before are included in
 * the number.
 */
export function endWithNext(connections: ReadonlySet<IdleConnection>, count: number): void {
  const staying = [...connections].filter(({ isLeaving }) => !isLeaving);
  const leaving = connections.size - staying.length;
  for (const connection of staying.slice(0, Math.max(0, count - leaving))) connection.isLeaving = true;
}
