import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ToArbiter, ToWorker } from '../worker/messages.ts';
import { openFromWorker, type Sealed } from '../worker/sealed-messages.ts';
import type { WorkerOutput } from './worker-output.ts';

const WORKER_BOOT = fileURLToPath(new URL('../worker/boot.cjs', import.meta.url));

export interface WorkerEvents {
  onMessage(message: ToArbiter, worker: WorkerHandle): void;
  /** Called once, when the process is gone. */
  onExit(exit: WorkerExit, worker: WorkerHandle): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The parent's side of a worker: a child process that can load and serve a site once. */
export class WorkerHandle {
  isBooted = false;
  isGone = false;
  /** Whether it has begun with the last connection that it was handed. What is handed to one that hangs is stuck. */
  isFree = true;
  /** Files that may have changed since the process started. What it has prepared of them is out of date. */
  readonly touched = new Set<string>();
  /** What it has told of files before it was activated. */
  readonly ahead: Extract<ToArbiter, { type: 'files' }>[] = [];
  readonly #child: ChildProcess;
  /** Tells our messages from those of the site's code. */
  readonly #key = newKey();
  #events: WorkerEvents | undefined;
  #early: ToArbiter[] = [];

  /** Starts the process. `listen` tells who hears what it says; until then it is kept. */
  constructor(env: NodeJS.ProcessEnv, output: WorkerOutput) {
    this.#child = fork(WORKER_BOOT, {
      env: { ...env, ...output.env },
      // Should the arbiter need the inspector of a worker that hangs, its address is no news for the terminal.
      ...output.command(['--inspect-publish-uid=http']),
      stdio: ['ignore', ...output.stdio, 'ipc'],
    });
    output.forward(this.#child);
    this.#child.on('message', (data: unknown) => {
      const message = openFromWorker(data, this.isBooted ? this.#key : '');
      if (message === undefined || (message.type === 'booted') === this.isBooted) return;
      this.isBooted = true;
      if (this.#events) this.#events.onMessage(message, this);
      else this.#early.push(message);
    });
    this.#child.once('exit', (code, signal) => {
      this.isGone = true;
      this.#events?.onExit({ code, signal }, this);
    });
    // A failed spawn is an exit too; a failed send is followed by one.
    this.#child.on('error', () => {
      if (this.#child.pid !== undefined || this.isGone) return;
      this.isGone = true;
      this.#events?.onExit({ code: null, signal: null }, this);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  whenGone(callback: () => void): void {
    if (this.isGone) callback();
    else this.#child.once('exit', callback);
  }

  listen(events: WorkerEvents): void {
    this.#events = events;
    for (const message of this.#early.splice(0)) events.onMessage(message, this);
    if (this.isGone) events.onExit({ code: this.#child.exitCode, signal: this.#child.signalCode }, this);
  }

  /** Sends a message, and with it a connection, which then is the worker's. */
  send(message: ToWorker, socket?: Socket): void {
    if (!this.#child.connected) {
      socket?.destroy();
      return;
    }
    const sealed: Sealed = [this.#key, message];
    // The callback takes the error of a worker that died meanwhile; its exit is reported on its own.
    this.#child.send(sealed, socket, {}, () => {});
  }

  /** Where its main thread is, if it is in a loop of JavaScript: see `readStack()`. */
  async stack(): Promise<string | undefined> {
    const { pid } = this;
    // Seldom needed, and it loads node:http.
    const { readStack } = await import('./read-stack.ts');
    const stack = pid === undefined ? undefined : await readStack(pid);
    this.send({ type: 'close-inspector' });
    return stack;
  }

  /** Ends the process at once, whatever it is doing: a loop without end does not see milder signals. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Nobody guesses it by accident. `node:crypto` would take 5 ms of every start. */
function newKey(): string {
  return [Date.now(), Math.random(), Math.random()].map((number) => number.toString(36)).join('-');
}
