import { setTimeout as delay } from 'node:timers/promises';

/** How long processes may take to end when they are asked to. */
const GRACE_MS = 1_000;
const POLL_MS = 20;

/**
 * Asks processes to end, and kills those that have not in time.
 *
 * @param signal Sends a signal to them; 0 stands for none. It returns whether they are there.
 */
export async function endProcesses(signal: (signal: NodeJS.Signals | 0) => boolean): Promise<void> {
  let areThere = signal('SIGTERM');
  for (let waited = 0; areThere && waited < GRACE_MS; waited += POLL_MS) {
    await delay(POLL_MS);
    areThere = signal(0);
  }
  if (areThere) signal('SIGKILL');
}
