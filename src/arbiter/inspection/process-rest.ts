import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses } from '../../worker/descendants/process-list.ts';

const SAMPLES = 5;
const SAMPLE_MS = 20;

/**
 * Linux's letters for the states of a thread: stopped by a signal, stopped by a tracer, running, waiting for a device.
 */
const STOPPED = 'T';
const TRACED = 't';
const RUNNING = 'R';
const UNINTERRUPTIBLE = 'D';

/**
 * Explains why a process with work to do is not running. Undefined when its main thread is running, or when the system
 * does not show its state.
 */
export async function describeRest(pid: number): Promise<string | undefined> {
  let state: string | undefined;
  for (let sample = 0; sample < SAMPLES; sample++) {
    state = stateOf(pid);
    if (state === undefined || state === RUNNING) return undefined;
    if (state === STOPPED) return `It is stopped by a signal; "kill -CONT ${pid}" continues it.`;
    if (state === TRACED) return 'A debugger has paused it.';
    await delay(SAMPLE_MS);
  }
  const children = listProcesses().filter(({ parent }) => parent === pid);
  if (children.length > 0) {
    const names = children.map((child) => `${nameOf(child.pid)} (process ${child.pid})`);
    return `It runs no JavaScript. It may be waiting for a process that it has started: ${names.join(', ')}.`;
  }
  if (state === UNINTERRUPTIBLE) return 'It is waiting for a disk or a network file system.';
  return 'It runs no JavaScript: it is waiting in a system call, or a debugger has paused it.';
}

/** The state of the main thread. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined; // The process has ended, or this is not Linux.
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'one that has ended';
  }
}
