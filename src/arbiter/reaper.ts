import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Message } from '../worker/messages.ts';
import { HAS_GROUPS } from './process-group.ts';
import type { WorkerHandle } from './worker-handle.ts';

/**
 * Keeps the last line of its input, and ends the process groups in it when the input ends: some tenths of a second later
 * where its first argument says so. Handlers of SIGTERM have as long as at any other end; those of a stopped process run once
 * it goes on.
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
 * Ends the workers when the arbiter was killed. A worker notices the end of its arbiter by itself, unless it is in an
 * endless loop, which would run for ever. So a shell waits for the arbiter's end: it takes no processor time, and less
 * memory than a Node process. (Not on Windows, where the system ends them.)
 */
export class Reaper {
  readonly #graceMs: number;
  readonly #workers = new Set<ReapedWorker>();
  #stdin: Writable | undefined;

  /** @param graceMs For how long workers are left to end by themselves. @default 0 */
  constructor({ graceMs = 0 } = {}) {
    this.#graceMs = graceMs;
  }

  /** From here on the worker ends when this process ends, at the latest. */
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
    detached: HAS_GROUPS, // or it would end with us, when our whole process group is killed
  });
  // Without a shell, or when it was ended, workers in an endless loop survive a killed arbiter.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return shell.stdin;
}
