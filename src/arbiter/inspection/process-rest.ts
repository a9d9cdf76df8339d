import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses } from '../../worker/descendants/process-list.ts';

const SAMPLES = 5;
const SAMPLE_MS = 20;

/** Linux's letters for a thread that does not run: stopped by a signal, stopped by a tracer, or waiting. */
const STOPPED = 'T';
const TRACED = 't';
const RUNNING = 'R';
const UNINTERRUPTIBLE = 'D';

/**
 * Why a process does not run, though it has something to do. Undefined when its main thread runs, or the system does not
 * tell.
 */
export async function describeRest(pid: number): Promise<string | undefined> {
  let state: string | undefined;
  for (let sample = 0; sample < SAMPLES; sample++) {
    state = stateOf(pid);
    if (state === undefined || state === RUNNING) return undefined;
    if (state === STOPPED) return `It is stopped by a signal; "kill -CONT ${pid}" lets it go on.`;
    if (state === TRACED) return 'A debugger holds it.';
    await delay(SAMPLE_MS);
  }
  const children = listProcesses().filter(({ parent }) => parent === pid);
  if (children.length > 0) {
    const names = children.map((child) => `${nameOf(child.pid)} (process ${child.pid})`);
    return `It runs no JavaScript. Perhaps it waits for what it has started: ${names.join(', ')}.`;
  }
  if (state === UNINTERRUPTIBLE) return 'It waits for a disk, or for a file system of the network.';
  return 'It runs no JavaScript: it waits in a call of the system, or a debugger holds it.';
}

/** The state of the main thread. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined; // It has ended, or this is not Linux.
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'one that has ended';
  }
}
