import type { DevWorkerHandle } from './dev-worker-handle.ts';
import type { ReadyConnection } from './first-bytes-listener.ts';

interface GateOptions {
  /**
   * Checks the files that no watcher covers. @returns 0 when the check is done, otherwise the milliseconds until it can
   * be done.
   */
  look(): number;
  /**
   * Returns the worker that can answer now, if there is one. Otherwise a load begins if `isWaitedFor`, which means that
   * a connection waits.
   */
  provideWorker(isWaitedFor: boolean): DevWorkerHandle | undefined;
  /**
   * Returns the worker of a load that began after this time (ms since the epoch). It may answer although a file has
   * changed since then.
   */
  findLoaded(after: number): DevWorkerHandle | undefined;
  /** Called after a connection was sent to a worker whose code is up to date. */
  onFreshAnswer(): void;
  /** Called after a connection was sent to a worker. */
  onDispatch(worker: DevWorkerHandle): void;
}

/**
 * While files are changing repeatedly, a request waits at most for this time for a load that is up to date at its end.
 */
const PATIENCE_MS = 400;

/** The queue in which connections wait until the newest code can answer them. */
export class Gate {
  readonly #options: GateOptions;
  #queue: ReadyConnection[] = [];
  readonly #cameAt = new WeakMap<ReadyConnection, number>();
  /** Connections that arrived before the last check of the files that no watcher covers. */
  #checkedFor: ReadonlySet<ReadyConnection> = new Set();
  #turn: NodeJS.Immediate | undefined;
  /** The timer for a wait that is longer than a turn of the event loop. */
  #pause: NodeJS.Timeout | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Whether a connection waits. */
  get isWaitedFor(): boolean {
    return this.#queue.length > 0;
  }

  admit(connection: ReadyConnection): void {
    this.#queue.push(connection);
    this.#cameAt.set(connection, Date.now());
    connection.socket.once('close', () => {
      this.#queue = this.#queue.filter((queued) => queued !== connection);
    });
    this.dispatchSoon();
  }

  /**
   * Dispatches connections in the next turn of the event loop. A file that was written before a request has its event
   * in the kernel's queue already, and the turn reads that event before a connection is dispatched.
   */
  dispatchSoon(): void {
    if (this.#queue.length === 0) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.dispatch();
    });
  }

  /** The arrival time of the oldest connection, if it has waited too long. */
  get overdueSince(): number | undefined {
    const [oldest] = this.#queue;
    const since = oldest && this.#cameAt.get(oldest)!;
    return since !== undefined && Date.now() - since >= PATIENCE_MS ? since : undefined;
  }

  /** Dispatches the waiting connections. Each one is sent when the worker has begun with the one before. */
  dispatch(): void {
    // A load that began after the arrival of a request is new enough for it, even if files have changed since then.
    const { overdueSince } = this;
    const loaded = overdueSince === undefined ? undefined : this.#options.findLoaded(overdueSince);
    if (loaded !== undefined) {
      if (loaded.isFree) this.#send(this.#queue.shift()!, loaded);
      return;
    }
    this.#checkUnwatched();
    const worker = this.#options.provideWorker(this.isWaitedFor);
    while (worker?.isFree) {
      const [connection] = this.#queue;
      if (connection === undefined || !this.#checkedFor.has(connection)) return;
      this.#queue.shift();
      this.#send(connection, worker);
      this.#options.onFreshAnswer();
    }
  }

  /** Called when new files must be checked, which the last check did not include. */
  forgetCheck(): void {
    this.#checkedFor = new Set();
  }

  close(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#pause);
    for (const { socket } of this.#queue.splice(0)) socket.destroy();
  }

  #send({ socket, head }: ReadyConnection, worker: DevWorkerHandle): void {
    if (socket.destroyed) return;
    worker.isFree = false;
    worker.send({ type: 'connection', head: head.toString('latin1') }, socket);
    this.#options.onDispatch(worker);
  }

  /** Checks the files that no watcher covers. One check is enough for all connections that arrived before it. */
  #checkUnwatched(): void {
    const last = this.#queue.at(-1);
    if (last === undefined || this.#checkedFor.has(last)) return;
    const wait = this.#options.look();
    clearTimeout(this.#pause);
    if (wait === 0) this.#checkedFor = new Set(this.#queue);
    else this.#pause = setTimeout(() => this.dispatch(), wait);
  }
}
