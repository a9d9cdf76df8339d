import type { DevWorkerHandle } from './dev-worker-handle.ts';
import type { ReadyConnection } from './first-bytes-listener.ts';

interface GateOptions {
  /** Checks what no watcher covers. @returns how long until that can be done, in ms; 0 when it is done. */
  look(): number;
  /** The worker that can answer now, if there is one. Else a load begins, if `isWaitedFor` says that a connection waits. */
  provideWorker(isWaitedFor: boolean): DevWorkerHandle | undefined;
  /** The worker of a load that began after this time (ms since the epoch). It may answer although it is out of date. */
  findLoaded(after: number): DevWorkerHandle | undefined;
  /** Called after a connection went to a worker whose code is not out of date. */
  onFreshAnswer(): void;
  /** Called after a connection was dispatched to a worker. */
  onDispatch(worker: DevWorkerHandle): void;
}

/** While files are changed again and again, this long a request waits for a load that is not out of date when it ends. */
const PATIENCE_MS = 400;

/** Where connections wait until the newest code can answer them. */
export class Gate {
  readonly #options: GateOptions;
  #queue: ReadyConnection[] = [];
  readonly #cameAt = new WeakMap<ReadyConnection, number>();
  /** Connections that arrived before the last check of the files that no watcher covers. */
  #checkedFor: ReadonlySet<ReadyConnection> = new Set();
  #turn: NodeJS.Immediate | undefined;
  /** When the gate waits for another reason than the end of this turn. */
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
   * What was written before a request was sent has its event in the kernel's queue. One more turn of the event loop
   * brings it here before a connection is dispatched.
   */
  dispatchSoon(): void {
    if (this.#queue.length === 0) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.dispatch();
    });
  }

  /** The arrival of the connection that has waited for too long, if there is one. */
  get overdueSince(): number | undefined {
    const [oldest] = this.#queue;
    const since = oldest && this.#cameAt.get(oldest)!;
    return since !== undefined && Date.now() - since >= PATIENCE_MS ? since : undefined;
  }

  /** Dispatches the waiting connections, each when the worker has begun with the one before. */
  dispatch(): void {
    // Code that was loaded after a request arrived is fresh enough for it, even if files have changed since.
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

  /** New files must be checked that the last check did not include. */
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

  /** One check of the files that no watcher covers is enough for all connections that arrived before it. */
  #checkUnwatched(): void {
    const last = this.#queue.at(-1);
    if (last === undefined || this.#checkedFor.has(last)) return;
    const wait = this.#options.look();
    clearTimeout(this.#pause);
    if (wait === 0) this.#checkedFor = new Set(this.#queue);
    else this.#pause = setTimeout(() => this.dispatch(), wait);
  }
}
