import { ArbiterChannel } from './arbiter-channel.ts';
import { abortStack, exitStack } from './exit-stack.ts';
import { closeInspector } from './inspection/inspector.ts';
import { inspectorPort } from './inspection/inspector-port.ts';
import type { Message, SharedToArbiter, SharedToWorker } from './messages.ts';
import type { Role } from './role.ts';
import {
  ABORTED,
  HANDLERS_TIMEOUT_MS,
  ignoreSignal,
  ORPHAN_DRAIN_MS,
  runHandlers,
  type StopSignal,
  siteHandlers,
} from './stop.ts';
import { describeStack, describeStray } from './stray-error.ts';

/** The part of a worker that serves. */
export interface WorkerSite<In extends Message> {
  /** The number of requests in flight. */
  readonly openRequests: number;
  /** Receives `listen` with its socket, and the messages of the strategy. */
  receive(message: In, handle?: unknown): void;
  /** Finishes the requests in flight within a time limit. A second call can set an earlier limit. */
  drain(timeoutMs: number): Promise<void>;
  /** Called at each ping of the arbiter. @default nothing */
  onPing?(): void;
  /** Called before the process ends by itself. @default nothing */
  onExiting?(code: number, stack: string): void;
  /** Called at SIGTERM, in a role that goes on after it. @default nothing */
  onTerm?(): void;
  /** Called when all requests have ended, before the site's handlers of the signal. @default nothing */
  onDrained?(signal: StopSignal): Promise<void>;
  /** Called for an uncaught error, in a role that goes on after it. @default the error is printed */
  onStray?(error: unknown, text: string): void;
}

/**
 * Makes this process a worker.
 *
 * @param createSite Creates the part that serves. It gets a function that sends messages to the arbiter.
 */
export function startWorker<In extends Message, Out extends Message>(
  role: Role,
  createSite: (send: (message: Out | SharedToArbiter) => void) => WorkerSite<In>,
): void {
  const channel = new ArbiterChannel<In, Out>();
  new WorkerProcess(
    role,
    channel,
    createSite((message) => channel.send(message)),
  ).start();
}

/** The worker's side of every worker: answers to pings, uncaught errors, and the end of the process. */
class WorkerProcess<In extends Message> {
  readonly #role: Role;
  readonly #channel: ArbiterChannel<In, never>;
  readonly #site: WorkerSite<In>;
  #isRetired = false;
  /** The latest signal by which the arbiter ends the process. */
  #signal: StopSignal = 'SIGTERM';
  readonly #onTerm = () => this.#site.onTerm?.();
  readonly #ours = [ignoreSignal, this.#onTerm];

  constructor(role: Role, channel: ArbiterChannel<In, never>, site: WorkerSite<In>) {
    this.#role = role;
    this.#channel = channel;
    this.#site = site;
  }

  /** Starts the process's work as a worker. */
  start(): void {
    this.#channel.listen((message, handle) => this.#receive(message, handle));
    process.on('disconnect', () => this.#orphaned());
    // Windows has no process groups, so Ctrl-C in the terminal reaches all processes. The arbiter decides what it
    // means.
    if (process.platform === 'win32') process.on('SIGINT', ignoreSignal).on('SIGHUP', ignoreSignal);
    if (this.#role.atTerm === 'go on') process.on('SIGTERM', this.#onTerm);
    process.on('uncaughtException', (error, origin) => this.#onUncaught(error, origin));
    process.on('exit', (code) => this.#tellExit(code, exitStack(code)));
    const { abort } = process;
    process.abort = () => {
      this.#tellExit(ABORTED, abortStack());
      return abort();
    };
    process.debugPort = inspectorPort(process.pid);
    this.#channel.sayBooted();
    // The site's output may go to a pipe without a reader, or to a full disk. That must not end the process.
    for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  }

  #receive(message: In, handle: unknown): void {
    const shared = message as SharedToWorker | Message;
    switch (shared.type) {
      case 'ping':
        this.#channel.send({ type: 'pong', openRequests: this.#site.openRequests });
        this.#site.onPing?.();
        return;
      case 'close-inspector':
        void closeInspector(process.debugPort);
        return;
      case 'retire':
        void this.#retire(shared as Extract<SharedToWorker, { type: 'retire' }>);
        return;
      default:
        this.#site.receive(message, handle);
    }
  }

  #onUncaught(error: Error, origin: NodeJS.UncaughtExceptionOrigin): void {
    const goesOn = this.#role.afterUncaughtError === 'go on';
    const text = describeStray(error, origin, goesOn);
    if (goesOn && this.#site.onStray) this.#site.onStray(error, text);
    else if (goesOn || !process.connected) process.stderr.write(`${text}\n`);
    if (goesOn) return;
    // The arbiter prints the error, with the requests that end by it.
    this.#tellExit(1, String(error.stack));
    process.exit(1);
  }

  /** Reports that the process is about to end without a request of the arbiter. The stack shows the caller. */
  #tellExit(code: number, stack: string): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#site.onExiting?.(code, stack);
    this.#channel.send({ type: 'exiting', code, stack });
  }

  /**
   * Called when the arbiter has ended. In development, its reaper sends SIGTERM, so the system calls the site's
   * handlers of SIGTERM.
   */
  #orphaned(): void {
    if (this.#isRetired) return;
    if (this.#role.withoutArbiter === 'drain')
      void this.#retire({ drainMs: ORPHAN_DRAIN_MS, signal: 'SIGTERM' });
    else if (siteHandlers('SIGTERM', this.#ours).length > 0)
      setTimeout(() => process.exit(0), HANDLERS_TIMEOUT_MS);
    else process.exit(0);
  }

  async #retire({ drainMs, signal }: { drainMs: number; signal: StopSignal }): Promise<void> {
    this.#channel.send({ type: 'retiring' });
    this.#signal = signal;
    const drained = this.#site.drain(drainMs);
    if (this.#isRetired) return; // The process is retiring already. The call has only set an earlier limit.
    this.#isRetired = true;
    await drained;
    await this.#site.onDrained?.(this.#signal);
    const onError = (error: unknown) => void process.stderr.write(`${describeStack(error)}\n`);
    await runHandlers(siteHandlers(this.#signal, this.#ours), this.#signal, onError);
    process.exit(0);
  }
}
