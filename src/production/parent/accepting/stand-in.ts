import type { WorkerPool } from '../../../arbiter/worker-pool.ts';
import type { BoundSocket } from '../../binding/bound-socket.ts';
import type { ToArbiter, WorkerOrders } from '../../messages.ts';
import type { ProductionWorkerHandle } from '../production-worker-handle.ts';

/**
 * A process that answers 503 while no worker can accept. It loads no code of the site, so that it starts fast. It
 * supports TLS and the PROXY protocol as workers do, since the arbiter itself never reads client data.
 */
export class StandIn {
  readonly #spawn: () => ProductionWorkerHandle;
  readonly #pool: WorkerPool<ToArbiter, ProductionWorkerHandle>;
  readonly #orders: () => WorkerOrders;
  #worker: ProductionWorkerHandle | undefined;
  #sockets: readonly BoundSocket[] = [];

  constructor(
    spawn: () => ProductionWorkerHandle,
    pool: WorkerPool<ToArbiter, ProductionWorkerHandle>,
    orders: () => WorkerOrders,
  ) {
    this.#spawn = spawn;
    this.#pool = pool;
    this.#orders = orders;
  }

  get isServing(): boolean {
    return this.#worker !== undefined;
  }

  start(sockets: readonly BoundSocket[]): void {
    const worker = this.#spawn();
    this.#worker = worker;
    this.#sockets = sockets;
    this.#pool.adopt(worker, {
      onMessage: ({ type }) => {
        if (type === 'booted') worker.send({ type: 'refuse', ...this.#orders() });
        else if (type === 'ready') for (const socket of sockets) socket.giveTo(worker);
      },
      onExit: () => {
        if (this.#worker === worker) this.#forget(worker);
      },
    });
  }

  end(): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#forget(worker);
    this.#pool.retire(worker, DRAIN_MS);
  }

  #forget(worker: ProductionWorkerHandle): void {
    this.#worker = undefined;
    for (const socket of this.#sockets) socket.takeFrom(worker);
  }
}

const DRAIN_MS = 1_000;
