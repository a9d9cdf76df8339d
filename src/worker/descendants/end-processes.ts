import { setTimeout as delay } from 'node:timers/promises';

/** The time that processes get to end after SIGTERM. */
const GRACE_MS = 1_000;
const POLL_MS = 20;

/**
 * Ends processes by SIGTERM, and kills those that are still running after the time limit.
 *
 * @param signal Sends a signal to the processes; 0 sends none. It returns whether any of them exists.
 */
export async function endProcesses(signal: (signal: NodeJS.Signals | 0) => boolean): Promise<void> {
  let areThere = signal('SIGTERM');
  for (let waited = 0; areThere && waited < GRACE_MS; waited += POLL_MS) {
    await delay(POLL_MS);
    areThere = signal(0);
  }
  if (areThere) signal('SIGKILL');
}
