import { endProcesses } from './end-processes.ts';
import { listProcesses, type ProcessEntry } from './process-list.ts';

/**
 * Ends what this process has started and what that has started, unless it was started as `detached`: what ends with the
 * process group of a worker ends with a process that has none to itself.
 */
export function endOwnChildren(): Promise<void> {
  return endProcesses(signalOwnChildren);
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
