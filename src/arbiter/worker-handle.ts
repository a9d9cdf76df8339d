import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ToArbiter, ToWorker } from '../worker/messages.ts';
import { openFromWorker, type Sealed } from '../worker/sealed-messages.ts';
import { describeRest } from './inspection/process-rest.ts';
import { HAS_GROUPS, ProcessGroup } from './process-group.ts';
import { workerEnv, workerFlags } from './worker-flags.ts';
import type { WorkerOutput } from './worker-output.ts';

/** The last lines of a process that has ended are in its pipes already. */
const PRINT_TIMEOUT_MS = 100;

export interface WorkerEvents {
  onMessage(message: ToArbiter, worker: WorkerHandle): void;
  /** Called once, when the process is gone. */
  onExit(exit: WorkerExit, worker: WorkerHandle): void;
  /** Called when what it had started has ended as well. */
  onEnded(): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there never was a process. */
  readonly error?: Error;
}

/** How a worker is started. */
export interface WorkerStart {
  /** The script that Node runs, and its arguments. */
  readonly script: readonly [file: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Node's flags that our own process was started with. Those that open an inspector are left out. */
  readonly flags: readonly string[];
  /** More flags, for workers alone. @default none */
  readonly ownFlags?: readonly string[];
  /** Where relative paths in the flags begin; where the site is, the worker is told later. */
  readonly cwd: string;
}

/** Where a worker is that does not answer; neither is known of one that answers meanwhile. */
export interface Whereabouts {
  /** The frames of its JavaScript. */
  readonly stack?: string;
  /** Why it runs none, in a sentence. */
  readonly rest?: string;
}

/** The parent's side of a worker: a child process that can load and serve a site once. */
export class WorkerHandle {
  isBooted = false;
  isGone = false;
  /** Whether it has begun with the last connection that it was handed. What is handed to one that hangs is stuck. */
  isFree = true;
  /** Whether it has what the next worker may need: a port of the site's own, children. */
  isHolding = false;
  /** Resolves when the process has ended, and its process group. */
  readonly ended: Promise<void>;
  /** Files that may have changed since the process started. What it has prepared of them is out of date. */
  readonly touched = new Set<string>();
  /** What it has told of files before it was activated. */
  readonly ahead: Extract<ToArbiter, { type: 'files' }>[] = [];
  readonly #child: ChildProcess;
  readonly #group: ProcessGroup | undefined;
  /** Tells our messages from those of the site's code. */
  readonly #key = newKey();
  #exit: WorkerExit | undefined;
  #events: WorkerEvents | undefined;
  #early: ToArbiter[] = [];

  /** Starts the process. `listen` tells who hears what it says; until then it is kept. */
  constructor({ script, env, flags, ownFlags = [], cwd }: WorkerStart, output: WorkerOutput) {
    const [file, ...args] = script;
    this.#child = fork(file, args, {
      env: { ...workerEnv(env), ...output.env },
      cwd,
      // Should the arbiter need the inspector of a worker that hangs, its address is no news for the terminal.
      ...output.command([...workerFlags(flags), '--inspect-publish-uid=http', ...ownFlags]),
      stdio: ['ignore', ...output.stdio, 'ipc'],
      // A group of its own: what the site starts ends with it, and an interrupt from the terminal comes to the arbiter alone.
      detached: HAS_GROUPS,
    });
    const { pid } = this.#child;
    this.#group = pid === undefined ? undefined : new ProcessGroup(pid);
    output.forward(this.#child);
    this.#child.on('message', (data: unknown) => {
      const message = openFromWorker(data, this.isBooted ? this.#key : '');
      if (message === undefined || (message.type === 'booted') === this.isBooted) return;
      this.isBooted = true;
      if (this.#events) this.#events.onMessage(message, this);
      else this.#early.push(message);
    });
    this.ended = new Promise((resolve) => {
      const onGone = (exit: WorkerExit) => {
        if (this.isGone) return;
        this.isGone = true;
        this.#exit = exit;
        this.#events?.onExit(exit, this);
        resolve(this.#clearUp());
      };
      this.#child.once('exit', (code, signal) => onGone({ code, signal }));
      // A failed spawn is an exit too; a failed send is followed by one.
      this.#child.on('error', (error) => {
        if (pid === undefined) onGone({ code: null, signal: null, error });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  listen(events: WorkerEvents): void {
    this.#events = events;
    for (const message of this.#early.splice(0)) events.onMessage(message, this);
    if (this.#exit !== undefined) events.onExit(this.#exit, this);
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

  /** Where its main thread is: the stack, if it is in a loop of JavaScript, or why it does not run. */
  async whereabouts(): Promise<Whereabouts> {
    const { pid } = this;
    if (pid === undefined) return {};
    const rest = await describeRest(pid);
    if (rest !== undefined) return { rest };
    // Seldom needed, and it loads node:http.
    const { readStack } = await import('./inspection/read-stack.ts');
    const stack = await readStack(pid);
    // As soon as it can, where it could not be paused.
    if (stack === undefined) this.send({ type: 'close-inspector' });
    return { stack };
  }

  /** Asks all of its process group to end. A loop without end does not see that where the site has a handler for it. */
  terminate(): void {
    this.#group?.signal('SIGTERM');
  }

  /** Ends what the process has left behind, and reads what it has printed last. */
  async #clearUp(): Promise<void> {
    const { stdout, stderr } = this.#child;
    const isRead = new Promise((resolve) => this.#child.once('close', resolve));
    await this.#group?.end();
    // Something that was started to go on may keep the pipes open.
    if (stdout ?? stderr) await Promise.race([isRead, delay(PRINT_TIMEOUT_MS, undefined, { ref: false })]);
  }

  /** Stops the process and its group where they are. */
  freeze(): void {
    this.#group?.signal('SIGSTOP');
  }

  /** Lets them go on. */
  thaw(): void {
    this.#group?.signal('SIGCONT');
  }

  /** Ends the process at once, and its group, whatever they are doing. */
  kill(): void {
    this.#group?.signal('SIGKILL');
  }
}

/** Nobody guesses it by accident. `node:crypto` would take 5 ms of every start. */
function newKey(): string {
  return [Date.now(), Math.random(), Math.random()].map((number) => number.toString(36)).join('-');
}
