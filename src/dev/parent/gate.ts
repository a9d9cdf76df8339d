import type { WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { Connection } from './first-bytes-listener.ts';

export interface GateOptions {
  /** Looks at what nobody watches. Returns how long, in ms, until that will have been done; 0 when it has been. */
  look(): number;
  /** Who is to answer now, if anybody; `isWaitedFor` says whether a connection waits for that. */
  findWorker(isWaitedFor: boolean): WorkerHandle | undefined;
  /** The worker of a load that began after this time (ms since the epoch), and is good enough though out of date. */
  findLoaded(after: number): WorkerHandle | undefined;
  /** Called after a connection went to a worker whose code is not out of date. */
  onFreshAnswer(): void;
  /** Called after a worker has been handed a connection. */
  onHandOver(worker: WorkerHandle): void;
}

/** While files are changed again and again, this long a request waits for a load that is not out of date when it ends. */
const PATIENCE_MS = 400;

/** Where connections wait until the newest code can answer them. */
export class Gate {
  readonly #options: GateOptions;
  #queue: Connection[] = [];
  readonly #cameAt = new WeakMap<Connection, number>();
  /** Of those that wait, or have waited, the ones that came before the last look at what nobody watches. */
  #lookedFor: ReadonlySet<Connection> = new Set();
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

  admit(connection: Connection): void {
    this.#queue.push(connection);
    this.#cameAt.set(connection, Date.now());
    connection.socket.once('close', () => {
      this.#queue = this.#queue.filter((queued) => queued !== connection);
    });
    this.openSoon();
  }

  /**
   * What was written before a request was sent has its event in the kernel's queue. One more turn of the event loop
   * brings it here before the gate opens.
   */
  openSoon(): void {
    if (this.#queue.length === 0) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.open();
    });
  }

  /** Since when the connection waits whose patience is at its end, if one does. */
  get overdueSince(): number | undefined {
    const [oldest] = this.#queue;
    const since = oldest && this.#cameAt.get(oldest)!;
    return since !== undefined && Date.now() - since >= PATIENCE_MS ? since : undefined;
  }

  /** Hands the waiting connections over, each when the worker has begun with the one before. */
  open(): void {
    // What was loaded after a request came is not too old for it, though files have changed since.
    const { overdueSince } = this;
    const loaded = overdueSince === undefined ? undefined : this.#options.findLoaded(overdueSince);
    if (loaded !== undefined) {
      if (loaded.isFree) this.#handOver(this.#queue.shift()!, loaded);
      return;
    }
    this.#lookForWaiting();
    const worker = this.#options.findWorker(this.isWaitedFor);
    while (worker?.isFree) {
      const [connection] = this.#queue;
      if (connection === undefined || !this.#lookedFor.has(connection)) return;
      this.#queue.shift();
      this.#handOver(connection, worker);
      this.#options.onFreshAnswer();
    }
  }

  #handOver({ socket, head }: Connection, worker: WorkerHandle): void {
    if (socket.destroyed) return;
    worker.isFree = false;
    worker.send({ type: 'connection', head: head.toString('latin1') }, socket);
    this.#options.onHandOver(worker);
  }

  /** There is more to look at than the last look has seen. */
  forgetLook(): void {
    this.#lookedFor = new Set();
  }

  close(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#pause);
    for (const { socket } of this.#queue.splice(0)) socket.destroy();
  }

  /** One look at what nobody watches does for all connections that came before it, however long they wait for a worker. */
  #lookForWaiting(): void {
    const last = this.#queue.at(-1);
    if (last === undefined || this.#lookedFor.has(last)) return;
    const wait = this.#options.look();
    clearTimeout(this.#pause);
    if (wait === 0) this.#lookedFor = new Set(this.#queue);
    else this.#pause = setTimeout(() => this.open(), wait);
  }
}
