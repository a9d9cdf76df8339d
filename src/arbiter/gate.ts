import type { Connection } from './listener.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface GateOptions {
  /** Looks at what nobody watches. Returns how long, in ms, until that will have been done; 0 when it has been. */
  look(): number;
  /** Who is to answer now, if anybody; `isWaitedFor` says whether a connection waits for that. */
  findWorker(isWaitedFor: boolean): WorkerHandle | undefined;
  /** Called after a worker has been handed a connection. */
  onHandOver(worker: WorkerHandle): void;
}

/** Where connections wait until the newest code can answer them. */
export class Gate {
  readonly #options: GateOptions;
  #queue: Connection[] = [];
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

  /** Hands the waiting connections over, each when the worker has begun with the one before. */
  open(): void {
    this.#lookForWaiting();
    const worker = this.#options.findWorker(this.isWaitedFor);
    while (worker?.isFree) {
      const [connection] = this.#queue;
      if (connection === undefined || !this.#lookedFor.has(connection)) return;
      this.#queue.shift();
      if (connection.socket.destroyed) continue;
      worker.isFree = false;
      worker.send({ type: 'connection', head: connection.head.toString('latin1') }, connection.socket);
      this.#options.onHandOver(worker);
    }
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
