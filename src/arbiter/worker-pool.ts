import type { Message } from '../worker/messages.ts';
import type { StopSignal } from '../worker/stop.ts';
import { Retirement, type RetirementOptions } from './retirement.ts';
import type { PoolWorker, WorkerEvents } from './worker-handle.ts';

interface AdoptedEvents<In, Worker> extends WorkerEvents<In, Worker> {
  /** Called when the process and its whole group have ended. @default nothing */
  onEnded?(worker: Worker): void;
}

/** All worker processes, from their start to their end. */
export class WorkerPool<In extends Message, Worker extends PoolWorker<In>> {
  readonly #mostRetired: number;
  readonly #workers = new Set<Worker>();
  /** Retired workers, oldest first. */
  readonly #retired = new Map<Worker, Retirement>();

  /**
   * @param mostRetired The limit of retired workers, since each takes the memory of a whole site. Beyond it, the oldest
   *   is ended.
   */
  constructor({ mostRetired = Number.POSITIVE_INFINITY } = {}) {
    this.#mostRetired = mostRetired;
  }

  /** Retired workers that have not ended yet. */
  get retired(): readonly Worker[] {
    return [...this.#retired.keys()];
  }

  /** Adds a worker. Its events are passed on, with those that it has stored already. */
  adopt(worker: Worker, events: AdoptedEvents<In, Worker>): void {
    this.#workers.add(worker);
    void worker.ended.then(() => {
      this.#workers.delete(worker);
      this.#retired.delete(worker);
      events.onEnded?.(worker);
    });
    worker.listen({
      onMessage: (message) => {
        if (message.type === 'retiring') this.#retired.get(worker)?.answered();
        else events.onMessage(message, worker);
      },
      onExit: (exit) => events.onExit(exit, worker),
      onReturned: events.onReturned,
      onUnanswered: events.onUnanswered,
    });
  }

  /** Retires a worker: it finishes its requests within a time limit, and ends. */
  retire(worker: Worker, drainMs: number): void {
    this.#begin(worker, { drainMs, signal: 'SIGTERM' });
    const [oldest] = this.#retired.values();
    if (this.#retired.size > this.#mostRetired) oldest!.hasten({ drainMs: 0, signal: 'SIGTERM' });
  }

  /** Ends all retired workers now. */
  hasten(): void {
    for (const retirement of this.#retired.values()) retirement.hasten({ drainMs: 0, signal: 'SIGTERM' });
  }

  /** Ends all workers. Resolved when they and their process groups have ended. */
  async close(signal: StopSignal, drainMs = 0): Promise<void> {
    const workers = [...this.#workers];
    for (const worker of workers) this.#begin(worker, { drainMs, signal });
    await Promise.all(workers.map(({ ended }) => ended));
  }

  freezeAll(): void {
    for (const worker of this.#workers) worker.freeze();
  }

  thawAll(): void {
    for (const worker of this.#workers) worker.thaw();
  }

  /** Kills all workers at once, and closes the connections that they may not have received. */
  killAll(): void {
    for (const worker of this.#workers) worker.discard();
  }

  #begin(worker: Worker, options: RetirementOptions): void {
    if (!this.#workers.has(worker)) return; // The worker has ended already.
    const retirement = this.#retired.get(worker);
    if (retirement !== undefined) retirement.hasten(options);
    else if (worker.isBooted) this.#retired.set(worker, new Retirement(worker, options));
    else worker.kill(); // The worker has not run any code of the site, so there is nothing to finish.
  }
}
