import { type ChildProcess, fork, type SendHandle } from 'node:child_process';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Message, SharedToArbiter, SharedToWorker } from '../worker/messages.ts';
import { type Checks, newKey, openSealed, type Sealed } from '../worker/sealed-messages.ts';
import { describeRest } from './inspection/process-rest.ts';
import { endWhenCutOff, HAS_GROUPS, ProcessGroup } from './process-group.ts';
import { workerEnv, workerFlags } from './worker-flags.ts';
import type { WorkerOutput } from './worker-output.ts';

/** The last lines of an ended process are in its pipes already, so they are read within this time. */
const PRINT_TIMEOUT_MS = 100;

export interface WorkerEvents<In, Worker> {
  onMessage(message: In, worker: Worker): void;
  /** Called once, after the process has ended and its last message has been read. */
  onExit(exit: WorkerExit, worker: Worker): void;
  /**
   * Called for each connection that was sent with a message but never received, after the process has ended.
   *
   * @default the connection is closed
   */
  onReturned?(connection: Socket, message: Message): void;
  /**
   * Called for each connection that the process had received and not released, after it has ended. If this function is
   * set, the arbiter keeps a copy of each connection.
   *
   * @param id The number of the connection among those that the process has received, from 1.
   * @default no copies: the connections belong to the worker alone
   */
  onUnanswered?(connection: Socket, id: number, exit: WorkerExit): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when the process could not be started. */
  readonly error?: Error;
  /** Whether the process was ended because it had closed its channel: its code closed descriptor 3, for example. */
  readonly isCutOff?: boolean;
}

/** The options for the start of a worker. */
export interface WorkerStart<In extends Message> {
  /** The script for Node, and its arguments. */
  readonly script: readonly [file: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
  /** The flags of this Node process. Those that open an inspector are removed. */
  readonly flags: readonly string[];
  /** Additional flags for workers. @default none */
  readonly ownFlags?: readonly string[];
  /** The folder for relative paths in the flags. A later message tells the worker the site's folder. */
  readonly cwd: string;
  /** The allowed messages of the worker. */
  readonly checks: Checks<In>;
  /** The time for a process that has closed its channel to end after SIGTERM. 0 is SIGKILL. @default it is not ended */
  readonly cutOffMs?: number;
}

/** The part of `WorkerHandle` that does not depend on its process. */
export interface PoolWorker<In extends Message> {
  readonly isBooted: boolean;
  readonly ended: Promise<void>;
  listen(events: WorkerEvents<In, PoolWorker<In>>): void;
  send(message: SharedToWorker, handle?: SendHandle): void;
  /** Makes the worker end by SIGTERM. @returns when nothing more is read from it, so that it may be killed */
  terminate(): void | Promise<void>;
  freeze(): void;
  thaw(): void;
  kill(): void;
  discard(): void;
}

/** The state of a silent worker. Empty when it has answered in the meantime. */
export interface Whereabouts {
  /** The frames of its JavaScript stack. */
  readonly stack?: string;
  /** Its report as JSON, not checked. */
  readonly vitals?: string | undefined;
  /** A sentence that explains why it runs no JavaScript. */
  readonly rest?: string;
}

type Released = Extract<SharedToArbiter, { type: 'released' }>;

interface SentConnection {
  readonly connection: Socket;
  readonly message: Message;
}

/** Output that a process wrote before its end is read in the next turns of the event loop. */
const MOST_TURNS = 100;

/** The arbiter's side of a worker: a child process that loads the site once and serves it. */
export class WorkerHandle<In extends Message, Out extends Message> {
  isBooted = false;
  isGone = false;
  /** Resolved when the process and its process group have ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #group: ProcessGroup | undefined;
  /** Distinguishes our messages from those of the site's code. */
  readonly #key = newKey();
  #exit: WorkerExit | undefined;
  #events: WorkerEvents<In, this> | undefined;
  #early: In[] = [];
  /** Connections that the process has not received yet, as far as is known. The oldest comes first. */
  #sent: SentConnection[] = [];
  /** Copies of connections that the process has received and not released. */
  readonly #held = new Map<number, Socket>();
  #received = 0;
  /** Set when messages of the process are no longer trusted. */
  #isDiscarded = false;
  /** Whether the inspector has been used to read its stack. */
  #isAttached = false;

  /** Starts the process. Its messages are stored until `listen()` is called. */
  constructor(start: WorkerStart<In>, output: WorkerOutput) {
    const { script, env, flags, ownFlags = [], cwd, checks, cutOffMs } = start;
    const [file, ...args] = script;
    this.#child = fork(file, args, {
      env: { ...workerEnv(env), ...output.env },
      cwd,
      // The arbiter may open the inspector of a blocked worker. The address of the inspector must not appear in the
      // terminal.
      ...output.command([...workerFlags(flags), '--inspect-publish-uid=http', ...ownFlags]),
      stdio: ['ignore', ...output.stdio, 'ipc'],
      // The worker leads its own process group. So the processes of the site end with it, and Ctrl-C in the terminal
      // reaches only the arbiter.
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
    let isCutOff = false;
    if (cutOffMs !== undefined) endWhenCutOff(this.#child, this.#group, cutOffMs, () => (isCutOff = true));
    this.ended = new Promise((resolve) => {
      const onGone = (exit: WorkerExit) => {
        if (this.isGone) return;
        this.isGone = true;
        let heard = () => {};
        resolve(this.#clearUp(new Promise((onHeard) => (heard = onHeard))));
        this.#afterLastMessage(() => {
          heard(); // First, since `ended` waits for it: a listener may throw.
          this.#onExit(exit);
        });
      };
      this.#child.once('exit', (code, signal) => onGone({ code, signal, ...(isCutOff && { isCutOff }) }));
      // A failed spawn counts as an exit. A failed send needs no action, since the exit follows.
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

  /** Sends a message, with a listening socket or a connection if given. The worker then owns the connection. */
  send(message: Out | SharedToWorker, handle?: SendHandle): void {
    const isConnection = handle instanceof Socket;
    if (isConnection) this.#sent.push({ connection: handle, message });
    if (this.#exit !== undefined) {
      this.#takeBack();
      return;
    }
    if (!this.#child.connected) return;
    const sealed: Sealed = [this.#key, message];
    // `keepOpen`: Node never closes a connection that a process had not received before its end, and the client would
    // wait for ever. The callback receives the error of a worker that has died. It is ignored, since the exit is
    // reported separately.
    this.#child.send(sealed, handle, { keepOpen: isConnection }, () => {});
  }

  /** Finds out where the main thread is: its stack in a loop of JavaScript, or the reason why it does not run. */
  async whereabouts(): Promise<Whereabouts> {
    const { pid } = this;
    if (pid === undefined) return {};
    const rest = await describeRest(pid);
    if (rest !== undefined) return { rest };
    // A dynamic import: it is needed rarely, and loads node:http.
    const { readStack } = await import('./inspection/read-stack.ts');
    this.#isAttached = true;
    const stuck = await readStack(pid);
    // The thread could not be paused. It closes the inspector as soon as its event loop runs.
    if (stuck === undefined) this.send({ type: 'close-inspector' });
    return { ...stuck };
  }

  /** Sends SIGTERM to the process group. If the site handles SIGTERM, an endless loop does not end by it. */
  terminate(): void | Promise<void> {
    this.#group?.signal('SIGTERM');
  }

  /** Stops the process and its group (SIGSTOP). */
  freeze(): void {
    this.#group?.signal('SIGSTOP');
  }

  /** Continues the process and its group (SIGCONT). */
  thaw(): void {
    this.#group?.signal('SIGCONT');
  }

  /** Kills the process and its group (SIGKILL). */
  kill(): void {
    this.#group?.signal('SIGKILL');
  }

  /** Kills the process, without returning any of its connections: its reports about them may be wrong. */
  discard(): void {
    this.#isDiscarded = true;
    this.kill();
  }

  #onTaken(): void {
    const connection = this.#sent.shift()?.connection;
    this.#received += 1;
    if (connection === undefined) return;
    if (this.#events?.onUnanswered === undefined)
      connection.destroy(); // Closes only the copy of this process.
    else this.#held.set(this.#received, connection);
  }

  #release(id: number): void {
    this.#held.get(id)?.destroy();
    this.#held.delete(id);
  }

  /**
   * Calls `done` after the last messages are read. Node may report the end of a process before that, and they contain
   * the reason for the end.
   */
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

  /** Returns the connections that the process did not receive or did not answer. */
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
    // A detached child may keep the pipes open, so there is a time limit.
    if (stdout ?? stderr) await Promise.race([isRead, delay(PRINT_TIMEOUT_MS, undefined, { ref: false })]);
  }
}
