import { isInstalled } from '../loader/installed-packages.ts';
import type { StopSignal } from '../worker/stop.ts';
import { Retirement, type RetirementOptions } from './retirement.ts';
import type { WorkerEvents, WorkerHandle } from './worker-handle.ts';

/** How long a retired worker may finish what it has in flight. */
const DRAIN_TIMEOUT_MS = 10_000;

/** The same for one that holds what the next one may need, a port of the site's own: requests wait for that. */
const LET_GO_TIMEOUT_MS = 2_000;

/** Each takes the memory of a whole site. With more of them, the oldest is ended. */
const MOST_RETIRED = 3;

/** The worker processes that there are, one of them in advance: the spare, for the next generation. */
export class WorkerPool {
  spare: WorkerHandle | undefined;
  readonly #spawnWorker: () => WorkerHandle;
  readonly #events: WorkerEvents;
  readonly #workers = new Set<WorkerHandle>();
  /** The oldest first. */
  readonly #retired = new Map<WorkerHandle, Retirement>();

  constructor(spawnWorker: () => WorkerHandle, events: WorkerEvents) {
    this.#spawnWorker = spawnWorker;
    this.#events = events;
  }

  /** Retired workers that have not ended yet. */
  get retired(): readonly WorkerHandle[] {
    return [...this.#retired.keys()];
  }

  /** Whether a retired worker holds what a worker of the next generation may need. */
  get isHeld(): boolean {
    return this.retired.some((worker) => worker.isHolding);
  }

  /** Hears what a worker says from here on, and what it has said already. */
  adopt(worker: WorkerHandle): void {
    this.#workers.add(worker);
    void worker.ended.then(() => {
      this.#workers.delete(worker);
      this.#retired.delete(worker);
      this.#events.onEnded();
    });
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
    this.retire(spare, { hasServed: false });
  }

  /** Lets a worker finish what it has in flight, if it has served, and end. */
  retire(
    worker: WorkerHandle,
    { hasServed, timeoutMs = DRAIN_TIMEOUT_MS }: { hasServed: boolean; timeoutMs?: number },
  ): void {
    const longest = worker.isHolding ? LET_GO_TIMEOUT_MS : timeoutMs;
    this.#begin(worker, { drainMs: hasServed ? Math.min(timeoutMs, longest) : 0, signal: 'SIGTERM' });
    const [oldest] = this.#retired.values();
    if (this.#retired.size > MOST_RETIRED) oldest!.hasten({ drainMs: 0, signal: 'SIGTERM' });
  }

  /** A retired worker has heard that it is one. */
  answered(worker: WorkerHandle): void {
    this.#retired.get(worker)?.answered();
  }

  /** Has all retired workers end now. */
  hasten(): void {
    for (const retirement of this.#retired.values()) retirement.hasten({ drainMs: 0, signal: 'SIGTERM' });
  }

  /** The worker's process has ended. */
  remove(worker: WorkerHandle): void {
    if (worker === this.spare) this.spare = undefined;
  }

  /** Ends all workers, whatever they have in flight. Resolves when they have ended, and what they have started. */
  async close(signal: StopSignal): Promise<void> {
    const workers = [...this.#workers];
    for (const worker of workers) this.#begin(worker, { drainMs: 0, signal });
    await Promise.all(workers.map(({ ended }) => ended));
  }

  freezeAll(): void {
    for (const worker of this.#workers) worker.freeze();
  }

  thawAll(): void {
    for (const worker of this.#workers) worker.thaw();
  }

  killAll(): void {
    for (const worker of this.#workers) worker.kill();
  }

  #begin(worker: WorkerHandle, options: RetirementOptions): void {
    const retirement = this.#retired.get(worker);
    if (retirement !== undefined) retirement.hasten(options);
    else if (worker.isBooted) this.#retired.set(worker, new Retirement(worker, options));
    else worker.kill(); // It has run nothing of the site's.
  }
}
