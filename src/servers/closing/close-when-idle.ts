import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

/** A connection that ends by itself as soon as no request is open. */
export interface IdleConnection {
  /** Whether no request is open, and no part of one has come. */
  readonly isIdle: boolean;
  /** Whether no request is open, and a part of one has come. */
  readonly isReceivingHead: boolean;
  /** Whether its next response is the last. */
  isLeaving: boolean;
  /** The client sends no further request: the open ones are answered. */
  endBehindOpen(): void;
}

/** Bytes that arrive during a turn of the event loop are seen in the next one. In a short turn few arrive. */
const SHORT_TURN_MS = 0.5;
/** A busy server has no short turns. */
const MOST_TURNS = 20;

/**
 * Closes an idle connection when no request has come for a while: a client may be sending one as the server begins to
 * close, and a request to a closed connection is lost. A request that has come in part is awaited.
 */
export async function closeWhenIdle(connection: IdleConnection, graceMs: number): Promise<void> {
  do {
    await sleep(graceMs);
    await shortTurn(); // reads what the system has received while the process was busy
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

/** Ends so many of the connections, each with its next response. Those that were chosen before count. */
export function endWithNext(connections: ReadonlySet<IdleConnection>, count: number): void {
  const staying = [...connections].filter(({ isLeaving }) => !isLeaving);
  const leaving = connections.size - staying.length;
  for (const connection of staying.slice(0, Math.max(0, count - leaving))) connection.isLeaving = true;
}
