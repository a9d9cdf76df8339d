import { type ChildProcess, fork, type SendHandle } from 'node:child_process';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Message, SharedToArbiter, SharedToWorker } from '../worker/messages.ts';
import { type Checks, openSealed, type Sealed } from '../worker/sealed-messages.ts';
import { describeRest } from './inspection/process-rest.ts';
import { HAS_GROUPS, ProcessGroup } from './process-group.ts';
import { workerEnv, workerFlags } from './worker-flags.ts';
import type { WorkerOutput } from './worker-output.ts';

/** The last lines of a process that has ended are in its pipes already. */
const PRINT_TIMEOUT_MS = 100;

export interface WorkerEvents<In, Worker> {
  onMessage(message: In, worker: Worker): void;
  /** Called once, when the process is gone and its last message has been read. */
  onExit(exit: WorkerExit, worker: Worker): void;
  /**
   * Called for each connection that was sent with a message, when the process has ended and never received it.
   *
   * @default the connection is closed
   */
  onReturned?(connection: Socket, message: Message): void;
  /**
   * Called for each connection that the process had received and not released when it ended. With it, a copy of each is held.
   *
   * @param id Its number among those that the process has received, from 1.
   * @default connections are the worker's alone
   */
  onUnanswered?(connection: Socket, id: number, exit: WorkerExit): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there never was a process. */
  readonly error?: Error;
}

/** How a worker is started. */
export interface WorkerStart<In extends Message> {
  /** The script that Node runs, and its arguments. */
  readonly script: readonly [file: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Node's flags that our own process was started with. Those that open an inspector are left out. */
  readonly flags: readonly string[];
  /** More flags, for workers alone. @default none */
  readonly ownFlags?: readonly string[];
  /** Where relative paths in the flags begin; a message says later where the site is. */
  readonly cwd: string;
  /** Which messages the worker sends. */
  readonly checks: Checks<In>;
}

/** The part of `WorkerHandle` that does not depend on its process. */
export interface PoolWorker<In extends Message> {
  readonly isBooted: boolean;
  readonly ended: Promise<void>;
  listen(events: WorkerEvents<In, PoolWorker<In>>): void;
  send(message: SharedToWorker, handle?: SendHandle): void;
  /** Asks it to end. @returns when nothing is read from it any more, so that it may be killed */
  terminate(): void | Promise<void>;
  freeze(): void;
  thaw(): void;
  kill(): void;
  discard(): void;
}

/** Where a silent worker is. Nothing is known of a worker that answers meanwhile. */
export interface Whereabouts {
  /** The frames of its JavaScript. */
  readonly stack?: string;
  /** Its report about itself, as JSON that is not checked. */
  readonly vitals?: string | undefined;
  /** Why it runs none, in a sentence. */
  readonly rest?: string;
}

type Released = Extract<SharedToArbiter, { type: 'released' }>;

interface SentConnection {
  readonly connection: Socket;
  readonly message: Message;
}

/** The output that a process wrote before its end is read in the next turn. */
const MOST_TURNS = 100;

/** The parent's side of a worker: a child process that loads and serves once. */
export class WorkerHandle<In extends Message, Out extends Message> {
  isBooted = false;
  isGone = false;
  /** Resolves when the process has ended, and its process group. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #group: ProcessGroup | undefined;
  /** Tells our messages from those of the site's code. */
  readonly #key = newKey();
  #exit: WorkerExit | undefined;
  #events: WorkerEvents<In, this> | undefined;
  #early: In[] = [];
  /** Connections that the process has not received yet, as far as is known, the oldest first. */
  #sent: SentConnection[] = [];
  /** Copies of those that it has received and has not released. */
  readonly #held = new Map<number, Socket>();
  #received = 0;
  /** Messages of the process are no longer trusted. */
  #isDiscarded = false;
  /** Whether its stack has been read by the inspector. */
  #isAttached = false;

  /** Starts the process. Its messages are kept until `listen` is called. */
  constructor({ script, env, flags, ownFlags = [], cwd, checks }: WorkerStart<In>, output: WorkerOutput) {
    const [file, ...args] = script;
    this.#child = fork(file, args, {
      env: { ...workerEnv(env), ...output.env },
      cwd,
      // The arbiter may open the inspector of a worker that hangs. Its address must not appear in the terminal.
      ...output.command([...workerFlags(flags), '--inspect-publish-uid=http', ...ownFlags]),
      stdio: ['ignore', ...output.stdio, 'ipc'],
      // A group of its own: what the site starts ends with it, and an interrupt from the terminal comes to the arbiter alone.
      detached: HAS_GROUPS,
    });
    const { pid } = this.#child;
    this.#group = pid === undefined ? undefined : new ProcessGroup(pid);
    output.forward(this.#child, () => this.#isAttached);
    this.#child.on('message', (data: unknown) => {
      const message = openSealed(data, this.isBooted ? this.#key : '', checks);
      if (message === undefined || (message.type === 'booted') === this.isBooted) return;
      this.isBooted = true;
      if (message.type === 'taken') {
        this.#onTaken();
        return;
      }
      if (message.type === 'released') this.#release((message as unknown as Released).id);
      if (this.#events) this.#events.onMessage(message, this);
      else this.#early.push(message);
    });
    this.ended = new Promise((resolve) => {
      const onGone = (exit: WorkerExit) => {
        if (this.isGone) return;
        this.isGone = true;
        let heard = () => {};
        resolve(this.#clearUp(new Promise((onHeard) => (heard = onHeard))));
        this.#afterLastMessage(() => {
          heard(); // first: our own end waits for it, whatever a listener does
          this.#onExit(exit);
        });
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

  /** Whether the process has received a connection. */
  get hasReceived(): boolean {
    return this.#received > 0;
  }

  listen(events: WorkerEvents<In, this>): void {
    this.#events = events;
    for (const message of this.#early.splice(0)) events.onMessage(message, this);
    if (this.#exit !== undefined) events.onExit(this.#exit, this);
  }

  /** Sends a message, and with it a listening socket, or a connection, which then is the worker's. */
  send(message: Out | SharedToWorker, handle?: SendHandle): void {
    const isConnection = handle instanceof Socket;
    if (isConnection) this.#sent.push({ connection: handle, message });
    if (this.#exit !== undefined) {
      this.#takeBack();
      return;
    }
    if (!this.#child.connected) return;
    const sealed: Sealed = [this.#key, message];
    // Kept open, since Node never closes a connection that a process had not received when it ended, and its client would
    // wait without end. The callback takes the error of a worker that died meanwhile; its exit is reported on its own.
    this.#child.send(sealed, handle, { keepOpen: isConnection }, () => {});
  }

  /** Where its main thread is: the stack, if it is in a loop of JavaScript, or why it does not run. */
  async whereabouts(): Promise<Whereabouts> {
    const { pid } = this;
    if (pid === undefined) return {};
    const rest = await describeRest(pid);
    if (rest !== undefined) return { rest };
    // Seldom needed, and it loads node:http.
    const { readStack } = await import('./inspection/read-stack.ts');
    this.#isAttached = true;
    const stuck = await readStack(pid);
    // As soon as it can, where it could not be paused.
    if (stuck === undefined) this.send({ type: 'close-inspector' });
    return { ...stuck };
  }

  /** Asks all of its process group to end. A loop without end does not see that where the site has a handler for it. */
  terminate(): void | Promise<void> {
    this.#group?.signal('SIGTERM');
  }

  /** Stops the process and its group where they are. */
  freeze(): void {
    this.#group?.signal('SIGSTOP');
  }

  /** Lets them go on. */
  thaw(): void {
    this.#group?.signal('SIGCONT');
  }

  /** Kills the process and its group (SIGKILL). */
  kill(): void {
    this.#group?.signal('SIGKILL');
  }

  /** Kills the process. Its reports about its connections may be wrong, so that none is returned. */
  discard(): void {
    this.#isDiscarded = true;
    this.kill();
  }

  #onTaken(): void {
    const connection = this.#sent.shift()?.connection;
    this.#received += 1;
    if (connection === undefined) return;
    if (this.#events?.onUnanswered === undefined)
      connection.destroy(); // this process's copy
    else this.#held.set(this.#received, connection);
  }

  #release(id: number): void {
    this.#held.get(id)?.destroy();
    this.#held.delete(id);
  }

  /** Node may report the end of a process before its last messages are read. They tell why it has ended. */
  #afterLastMessage(done: () => void, turns = MOST_TURNS): void {
    if (!this.#child.connected || turns === 0) done();
    else setImmediate(() => this.#afterLastMessage(done, turns - 1));
  }

  #onExit(exit: WorkerExit): void {
    this.#exit = exit;
    try {
      this.#events?.onExit(exit, this);
    } finally {
      this.#takeBack();
    }
  }

  /** Returns the connections that the process did not receive or answer. */
  #takeBack(): void {
    for (const { connection, message } of this.#sent.splice(0)) {
      const { onReturned } = this.#isDiscarded ? {} : (this.#events ?? {});
      if (onReturned === undefined || connection.destroyed) connection.destroy();
      else onReturned(connection, message);
    }
    for (const [id, connection] of this.#held) {
      this.#held.delete(id);
      const { onUnanswered } = this.#isDiscarded ? {} : (this.#events ?? {});
      if (onUnanswered === undefined || connection.destroyed) connection.destroy();
      else onUnanswered(connection, id, this.#exit!);
    }
  }

  /** Ends the rest of the process group, and reads the last output. */
  async #clearUp(isHeard: Promise<void>): Promise<void> {
    const { stdout, stderr } = this.#child;
    const isRead = new Promise((resolve) => this.#child.once('close', resolve));
    await this.#group?.end();
    await isHeard;
    // A detached child may keep the pipes open.
    if (stdout ?? stderr) await Promise.race([isRead, delay(PRINT_TIMEOUT_MS, undefined, { ref: false })]);
  }
}

/** Unique, not secret: to load `node:crypto` takes 5 ms of CPU (`bench/first-use.js`, Node 24). */
function newKey(): string {
  return [Date.now(), Math.random(), Math.random()].map((number) => number.toString(36)).join('-');
}
