import { setImmediate as nextTurn } from 'node:timers/promises';

/** What comes within a turn of the event loop that takes no longer hardly ever meets the end of listening. */
const SHORT_TURN_MS = 0.2;
const QUIET_TURNS = 3;
/** A busy server has no short turns, and a server with a steady flow of new connections has no quiet turns. */
const LONGEST_FACTOR = 10;

/**
 * Waits until no connection has come for some turns of the event loop. When a server ends to listen, the system resets
 * the connections that it has accepted already and Node has not, with the requests that are on them.
 *
 * @param count of the connections that Node has accepted: one a turn at the most
 * @param patienceMs how long to wait for a turn that is short, too
 */
export async function untilQuiet(
  count: () => number,
  patienceMs: number,
  isOverdue: () => boolean,
): Promise<void> {
  const startedAt = performance.now();
  await nextTurn(); // the accepting of the turn that runs may be over
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
