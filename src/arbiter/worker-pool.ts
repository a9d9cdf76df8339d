import { isInstalled } from '../loader/installed-packages.ts';
import type { WorkerEvents, WorkerHandle } from './worker-handle.ts';

/** How long a retired worker may finish what it has in flight. */
const DRAIN_TIMEOUT_MS = 10_000;

/** The worker processes that there are, one of them in advance: the spare, for the next generation. */
export class WorkerPool {
  spare: WorkerHandle | undefined;
  readonly #spawnWorker: () => WorkerHandle;
  readonly #events: WorkerEvents;
  readonly #workers = new Set<WorkerHandle>();

  constructor(spawnWorker: () => WorkerHandle, events: WorkerEvents) {
    this.#spawnWorker = spawnWorker;
    this.#events = events;
  }

  /** Hears what a worker says from here on, and what it has said already. */
  adopt(worker: WorkerHandle): void {
    this.#workers.add(worker);
    worker.listen(this.#events);
  }

  /** Starts a spare, unless there is one. */
  ensureSpare(): WorkerHandle {
    if (this.spare === undefined) {
      this.spare = this.#spawnWorker();
      this.adopt(this.spare);
    }
    return this.spare;
  }

  /** What a process has loaded of a package, it cannot load again. */
  dropStaleSpare(changed: readonly string[]): void {
    const { spare } = this;
    if (spare === undefined || ![...spare.touched, ...changed].some(isInstalled)) return;
    this.spare = undefined;
    spare.kill();
  }

  /** Lets a worker finish what it has in flight, if it has served, and end. */
  retire(
    worker: WorkerHandle,
    { hasServed, timeoutMs = DRAIN_TIMEOUT_MS }: { hasServed: boolean; timeoutMs?: number },
  ): void {
    if (!hasServed) {
      worker.kill();
      return;
    }
    worker.send({ type: 'retire' });
    setTimeout(() => worker.kill(), timeoutMs).unref();
  }

  /** The worker's process has ended. */
  remove(worker: WorkerHandle): void {
    this.#workers.delete(worker);
    if (worker === this.spare) this.spare = undefined;
  }

  killAll(): void {
    for (const worker of this.#workers) worker.kill();
  }
}
