import { endProcesses } from './end-processes.ts';
import { listProcesses, type ProcessEntry } from './process-list.ts';

/**
 * Ends the processes that this process has started, directly or indirectly, except those that were started as
 * `detached`. A worker ends its process group for this purpose. This is for a process without a group of its own.
 */
export function endOwnChildren(): Promise<void> {
  return endProcesses(signalOwnChildren);
}

/** @returns whether there are any children. */
export function signalOwnChildren(signal: NodeJS.Signals | 0): boolean {
  const children = ownChildren(listProcesses());
  for (const pid of children) {
    try {
      process.kill(pid, signal);
    } catch {
      // The process has ended in the meantime, or belongs to another user.
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
