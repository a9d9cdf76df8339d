import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { WorkerHandle } from './worker-handle.ts';

/** Keeps the last line that it was told, and ends those processes when nobody is there to tell it more. */
const SCRIPT = `trap '' HUP INT QUIT TERM; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids`;

/**
 * Ends the workers when the arbiter was killed and could not. A worker sees the end of its arbiter by itself, unless it
 * is in a loop without end: that would go on for ever. So a shell waits for the arbiter's end, which takes no
 * processor time and less memory than anything that Node could start. (On Windows there is none, and the system does it.)
 */
export class Reaper {
  readonly #workers = new Set<WorkerHandle>();
  #stdin: Writable | undefined;

  /** From here on the worker ends with us at the latest. */
  watch(worker: WorkerHandle): WorkerHandle {
    this.#workers.add(worker);
    worker.whenGone(() => {
      this.#workers.delete(worker);
      this.#tell();
    });
    this.#tell();
    return worker;
  }

  #tell(): void {
    this.#stdin ??= startShell();
    const pids = [...this.#workers].map(({ pid }) => pid);
    this.#stdin.write(`${pids.join(' ')}\n`);
  }
}

function startShell(): Writable {
  const shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'] });
  // Where there is no shell, or somebody ended it, we do without.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return shell.stdin;
}
