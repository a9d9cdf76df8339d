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
  #turn: NodeJS.Immediate | undefined;
  /** When the gate waits for another reason than the end of this turn. */
  #pause: NodeJS.Timeout | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
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
    const worker = this.#options.findWorker(this.#queue.length > 0);
    while (worker?.isFree) {
      const connection = this.#queue.shift();
      if (connection === undefined) return;
      if (connection.socket.destroyed) continue;
      worker.isFree = false;
      worker.send({ type: 'connection', head: connection.head.toString('latin1') }, connection.socket);
      this.#options.onHandOver(worker);
    }
  }

  /** @returns whether what nobody watches was looked at since the last connection came. If not, the gate opens later. */
  hasLooked(): boolean {
    const wait = this.#queue.length > 0 ? this.#options.look() : 0;
    clearTimeout(this.#pause);
    if (wait > 0) this.#pause = setTimeout(() => this.open(), wait);
    return wait === 0;
  }

  close(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#pause);
    for (const { socket } of this.#queue.splice(0)) socket.destroy();
  }
}
