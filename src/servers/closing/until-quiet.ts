import { setImmediate as nextTurn } from 'node:timers/promises';

/** If a turn of the event loop is as short as this, a connection rarely arrives between it and the end of listening. */
const SHORT_TURN_MS = 0.2;
const QUIET_TURNS = 3;
/**
 * A busy server has no short turns, and a server with constantly arriving connections has no quiet turns, so the total
 * time is limited.
 */
const LONGEST_FACTOR = 10;

/**
 * Waits until no connection has arrived for some turns of the event loop. When a server stops listening, the system
 * resets the connections that it has accepted but Node has not, and their requests are lost.
 *
 * @param count returns the number of connections that Node has accepted, at most one in each turn
 * @param patienceMs how long to wait for a short turn in addition
 */
export async function untilQuiet(
  count: () => number,
  patienceMs: number,
  isOverdue: () => boolean,
): Promise<void> {
  const startedAt = performance.now();
  await nextTurn(); // The current turn may have passed its phase for accepting connections.
  let begun = performance.now();
  let quietTurns = 0;
  while (!isOverdue() && begun - startedAt < patienceMs * LONGEST_FACTOR) {
    const before = count();
    await nextTurn();
    const now = performance.now();
    quietTurns = count() === before ? quietTurns + 1 : 0;
    const isShort = now - begun < SHORT_TURN_MS || now - startedAt > patienceMs;
    if (quietTurns >= QUIET_TURNS && isShort) return;
    begun = now;
  }
}
