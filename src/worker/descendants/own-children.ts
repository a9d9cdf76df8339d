import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, type ProcessEntry } from './process-list.ts';

/** How long they may take to end when they are asked to. */
const GRACE_MS = 1_000;
const POLL_MS = 20;

/**
 * Ends what this process has started and what that has started, unless it was started as `detached`: what ends with the
 * process group of a worker ends with a process that has none to itself.
 */
export async function endOwnChildren(): Promise<void> {
  let areThere = signalOwnChildren('SIGTERM');
  for (let waited = 0; areThere && waited < GRACE_MS; waited += POLL_MS) {
    await delay(POLL_MS);
    areThere = signalOwnChildren(0);
  }
  if (areThere) signalOwnChildren('SIGKILL');
}

/** @returns whether there are any. */
export function signalOwnChildren(signal: NodeJS.Signals | 0): boolean {
  const children = ownChildren(listProcesses());
  for (const pid of children) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
  return children.length > 0;
}

function ownChildren(all: readonly ProcessEntry[]): number[] {
  const group = all.find(({ pid }) => pid === process.pid)?.group;
  const found = [process.pid];
  for (const parent of found) {
    const children = all.filter((entry) => entry.parent === parent && entry.group === group);
    found.push(...children.map(({ pid }) => pid));
  }
  return found.slice(1);
}
