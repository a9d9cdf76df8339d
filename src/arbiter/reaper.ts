import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Message } from '../worker/messages.ts';
import { HAS_GROUPS } from './process-group.ts';
import type { WorkerHandle } from './worker-handle.ts';

/**
 * A shell script. It keeps the last line of its input, a list of process groups. When the input ends, it ends these
 * groups, after some tenths of a second if its first argument says so. Handlers of SIGTERM get the usual time. In a
 * stopped process, they run when it continues.
 */
const SCRIPT = `trap '' HUP INT QUIT TERM
while read -r line; do groups=$line; done
alive() {
  for group in $groups; do kill -s 0 -- $group && return; done
  return 1
}
wait_for_end() {
  i=0
  while alive && [ $i -lt $1 ]; do sleep 0.1; i=$((i + 1)); done
}
{
  wait_for_end $0
  kill -s TERM -- $groups
  kill -s CONT -- $groups
  wait_for_end 30
  kill -s KILL -- $groups
} &`;

type ReapedWorker = Pick<WorkerHandle<Message, Message>, 'pid' | 'ended'>;

/**
 * Ends the workers after the arbiter was killed. A worker notices the end of its arbiter, unless it is in an endless
 * loop: then it would run for ever. So a shell waits for the end of the arbiter. It takes no CPU time, and less memory
 * than a Node process. On Windows the system ends the workers, so no shell is needed.
 */
export class Reaper {
  readonly #graceMs: number;
  readonly #workers = new Set<ReapedWorker>();
  #stdin: Writable | undefined;

  /** @param graceMs The time that workers get to end by themselves. @default 0 */
  constructor({ graceMs = 0 } = {}) {
    this.#graceMs = graceMs;
  }

  /** Makes sure that the worker ends when this process has ended. */
  watch<Worker extends ReapedWorker>(worker: Worker): Worker {
    if (worker.pid === undefined) return worker;
    this.#workers.add(worker);
    void worker.ended.then(() => {
      this.#workers.delete(worker);
      this.#tell();
    });
    this.#tell();
    return worker;
  }

  #tell(): void {
    this.#stdin ??= startShell(this.#graceMs);
    const groups = [...this.#workers].map(({ pid }) => `-${pid}`);
    this.#stdin.write(`${groups.join(' ')}\n`);
  }
}

function startShell(graceMs: number): Writable {
  const shell = spawn('sh', ['-c', SCRIPT, String(Math.ceil(graceMs / 100))], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: HAS_GROUPS, // Otherwise the shell would end with this process when the whole process group is killed.
  });
  // If there is no shell, or if it was ended, workers in an endless loop survive a killed arbiter.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return shell.stdin;
}
