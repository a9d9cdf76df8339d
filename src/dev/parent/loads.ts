import type { WorkerExit } from '../../arbiter/worker-handle.ts';
import { WorkerPool } from '../../arbiter/worker-pool.ts';
import type { AccessSettings } from '../../handler/errors/page-access.ts';
import type { Heritage } from '../../loader/site-loader.ts';
import { isInstalled } from '../../loader/sources/installed-packages.ts';
import type { Failure } from '../../worker/messages.ts';
import type { SiteOptions } from '../../worker/site/site-options.ts';
import type { StopSignal } from '../../worker/stop.ts';
import type { LivePageOptions, ToArbiter, ToWorker } from '../messages.ts';
import type { DevReport } from './dev-report.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';
import { LIVE_RELOAD_PATH } from './endpoints/live-reload.ts';
import { exitFailure } from './failures/exit-failure.ts';
import { LostRequests } from './failures/lost-requests.ts';
import type { ReadyConnection } from './first-bytes-listener.ts';
import { Load, type LoadOptions } from './load.ts';
import { heapTidier } from './tidy-heap.ts';
import { WorkerStarts } from './worker-starts.ts';

/** The time limit for the requests in flight of a retired worker. */
const DRAIN_TIMEOUT_MS = 10_000;

/** The same limit for a worker with a resource that the next load waits for, such as a port of the site. */
const LET_GO_TIMEOUT_MS = 2_000;

/** The limit of retired workers, since each takes the memory of a whole site. Beyond it, the oldest is ended. */
const MOST_RETIRED = 3;

/** The next spare starts after this time, so that the first requests after a load have the processors to themselves. */
const SPARE_DELAY_MS = 20;

type ConnectionMessage = Extract<ToWorker, { type: 'connection' }>;

interface LoadsOptions {
  readonly spawnWorker: () => DevWorkerHandle;
  /** Set when open pages are reloaded. @default pages are not reloaded */
  readonly liveReload?: unknown;
  readonly report: DevReport;
  /** Called when a load is due. Files that are read from now on belong to it. */
  onBegin(): void;
  /** Called when a worker begins to load the site. */
  onActivate(load: Load, worker: DevWorkerHandle): void;
  /** Called when a worker must end. */
  onRetire(worker: DevWorkerHandle): void;
  /** Called when the worker of the newest load has ended unexpectedly. */
  onLost(load: Load, failure: Failure): void;
  /** Called with the messages of a worker about its files, its load and its requests. */
  onMessage(message: ToArbiter, worker: DevWorkerHandle): void;
  /** Called with a connection that a worker has not received before its end. */
  onReturned(connection: ReadyConnection): void;
  /** Called when a worker process has ended directly after its start. */
  onBrokenStart?(): void;
}

/** The loads of the site, each in its own worker: the newest load, a late load, and the spare for the next load. */
export class Loads {
  readonly workers = new WorkerPool<ToArbiter, DevWorkerHandle>({ mostRetired: MOST_RETIRED });
  site!: SiteOptions;
  /** The newest load. */
  current: Load | undefined;
  /** A load that takes long. In the meantime, the newest load serves a page about it. */
  late: Load | undefined;
  /** A worker that is started in advance for the next load. */
  spare: DevWorkerHandle | undefined;
  /** The files and packages of the last successful load. */
  heritage: Heritage = { packages: [], entries: [] };
  /** The rule for technical pages, from the last settings that could be read. */
  access: AccessSettings | undefined;
  isClosed = false;
  readonly #options: LoadsOptions;
  readonly #startedAt = Date.now();
  readonly #tidyHeap = heapTidier();
  readonly #starts: WorkerStarts;
  readonly #lostRequests: LostRequests;

  constructor(options: LoadsOptions) {
    this.#options = options;
    this.#lostRequests = new LostRequests(options.report);
    this.#starts = new WorkerStarts(options.report, () => this.#activate());
  }

  /** Returns the load of a worker, if it is the newest or the late load. */
  loadOf(worker: DevWorkerHandle): Load | undefined {
    return [this.current, this.late].find((load) => load?.worker === worker);
  }

  /** Loads the site for the first time, in a worker that may already be starting. */
  start(site: SiteOptions, first: DevWorkerHandle): void {
    this.site = site;
    this.spare = first;
    this.begin([]);
    this.#adopt(first);
  }

  /** Begins another load, because of these files. */
  begin(changed: readonly string[], options: LoadOptions = {}): void {
    const last = this.current;
    this.#starts.reset();
    this.#options.onBegin();
    this.current = new Load((last?.number ?? 0) + 1, changed, options);
    if (this.late?.worker !== undefined) this.#retire(this.late.worker, 0);
    this.late = options.late;
    const leaving = last === options.late ? undefined : last;
    this.current.hadOthers = leaving?.worker !== undefined;
    // Without such a resource, the load begins before the last worker ends, since the end of a process would delay it.
    const isHeld = leaving?.worker?.isHolding;
    if (isHeld) this.#leave(leaving);
    this.#dropStaleSpare(changed);
    this.#activate();
    if (!isHeld) this.#leave(leaving);
  }

  /** Makes the late load the newest load. */
  takeOver(): void {
    const last = this.current;
    this.current = this.late;
    this.late = undefined;
    this.#leave(last);
  }

  /** Begins another load. The worker of the newest load may continue its work for a time. */
  replace(timeoutMs: number): void {
    const stuck = this.current!;
    this.#retire(stuck.worker!, timeoutMs);
    stuck.worker = undefined;
    this.begin([]);
  }

  /**
   * Called when a port that the site needs is in use, perhaps by a worker that is ending. The load is repeated after
   * the other workers have ended.
   *
   * @returns whether there are other workers, or were when the load began.
   */
  retryAfterOthers(): boolean {
    const { changed, after: before, hadOthers } = this.current!;
    const { retired: after } = this.workers;
    if (before !== undefined || (after.length === 0 && !hadOthers)) return false;
    this.workers.hasten();
    this.begin(changed, { after });
    return true;
  }

  /** Starts a spare if there is none. */
  ensureSpare(): DevWorkerHandle {
    this.spare ??= this.#adopt(this.#options.spawnWorker());
    return this.spare;
  }

  /** Called when a load has ended, so that the next one can be prepared. */
  prepareNext(): void {
    setTimeout(() => {
      if (this.isClosed) return;
      this.ensureSpare();
      this.#tidyHeap();
    }, SPARE_DELAY_MS);
  }

  /** The path and generation for pages of the newest load, by which they wait for newer generations. */
  get #live(): LivePageOptions | undefined {
    return this.#options.liveReload
      ? { path: LIVE_RELOAD_PATH, generation: this.idOf(this.current!) }
      : undefined;
  }

  /** The name of a load in pages. It differs in each run of the server, since old pages may still be open. */
  idOf({ number }: Load): string {
    return `${this.#startedAt.toString(36)}-${number}`;
  }

  close(signal: StopSignal): Promise<void> {
    this.isClosed = true;
    this.#starts.close();
    return this.workers.close(signal);
  }

  #adopt(worker: DevWorkerHandle): DevWorkerHandle {
    this.#starts.watch(worker);
    this.workers.adopt(worker, {
      onMessage: (message) => this.#onMessage(message, worker),
      onExit: (exit) => this.#onExit(exit, worker),
      onEnded: () => this.#activate(),
      onReturned: (socket, message) => {
        const head = Buffer.from((message as ConnectionMessage).head, 'latin1');
        if (this.isClosed) socket.destroy();
        else this.#options.onReturned({ socket, head, resume: () => socket.resume() });
      },
      onUnanswered: (connection, id, exit) => {
        if (this.isClosed) connection.destroy();
        else void this.#lostRequests.answer(connection, id, worker, exit, { ...this.site, live: this.#live });
      },
    });
    return worker;
  }

  #leave({ worker, state }: Partial<Load> = {}): void {
    if (worker !== undefined) this.#retire(worker, state === 'ready' ? DRAIN_TIMEOUT_MS : 0);
  }

  #retire(worker: DevWorkerHandle, drainMs: number): void {
    this.#options.onRetire(worker);
    this.#starts.forget(worker);
    worker.isRetired = true;
    this.workers.retire(worker, worker.isHolding ? Math.min(drainMs, LET_GO_TIMEOUT_MS) : drainMs);
  }

  /** Activates a worker for the newest load, now or when a worker has started. */
  #activate(): void {
    const { access, current, site } = this;
    if (this.isClosed || this.#starts.isWaiting || current?.state !== 'waiting') return;
    const spare = this.ensureSpare();
    // An error page needs no resource of another worker.
    if (current.failure === undefined && this.#isHeld(current)) return;
    // While a spare is starting, another save may follow, so the load waits. The first load does not.
    if (!spare.isBooted && current.number > 1) return;
    this.spare = undefined;
    current.worker = spare;
    current.state = 'loading';
    current.activatedAt = Date.now();
    current.hadOthers ||= this.workers.retired.length > 0;
    this.#options.onActivate(current, spare);
    const { failure, touched } = current;
    spare.send({ type: 'activate', site, touched: [...touched], failure, live: this.#live, access });
  }

  /** Ends the spare if a package has changed, since a process cannot load a package twice, or if it does not start. */
  #dropStaleSpare(changed: readonly string[]): void {
    const { spare } = this;
    if (spare === undefined) return;
    if (!this.#starts.isLate(spare) && ![...spare.touched, ...changed].some(isInstalled)) return;
    this.spare = undefined;
    this.#retire(spare, 0);
  }

  /** Whether a retired worker holds a resource that the load may need. */
  #isHeld({ after }: Load): boolean {
    return this.workers.retired.some((worker) => worker.isHolding || after?.includes(worker));
  }

  #onMessage(message: ToArbiter, worker: DevWorkerHandle): void {
    if (this.#lostRequests.note(message, worker)) return;
    if (message.type === 'booted') {
      this.#starts.succeeded(worker);
      this.#activate();
      if (worker !== this.spare) return;
      const { root, inspect } = this.site;
      worker.send({ type: 'warm', root, isInspected: inspect !== undefined, heritage: this.heritage });
    } else if (message.type === 'holding') {
      worker.isHolding = message.isHolding;
      this.#activate();
    } else {
      this.#options.onMessage(message, worker);
    }
  }

  #onExit(exit: WorkerExit, worker: DevWorkerHandle): void {
    this.#starts.forget(worker);
    const isSpare = worker === this.spare;
    if (isSpare) this.spare = undefined;
    if (this.isClosed) return;
    const current = this.current!;
    const load = this.loadOf(worker);
    const hasNotBooted = load === current && !worker.isBooted;
    if (isSpare || hasNotBooted) {
      // The next load spawns another worker. A load that is already waiting gets it after a delay.
      if (hasNotBooted) current.state = 'waiting';
      if (!worker.isBooted) {
        if (exit.error === undefined) this.#options.onBrokenStart?.();
        this.#starts.failed(exit);
      }
      if (current.state === 'waiting') this.#starts.retryLater();
    } else if (load !== undefined) {
      this.#onLoadExit(exit, load, worker);
    } else if (worker.stuckAt !== undefined) {
      this.#lostRequests.tellStuckEnd(exit, worker);
    }
  }

  #onLoadExit(exit: WorkerExit, load: Load, { exitStack }: DevWorkerHandle): void {
    const isLoading = load === this.late || load.state === 'loading';
    if (load === this.current && isLoading && exit.signal === 'SIGKILL' && !load.isSecondTry) {
      // The process was killed from outside, perhaps while it was still a spare.
      load.isSecondTry = true;
      load.state = 'waiting';
      this.#activate();
      return;
    }
    const failure = exitFailure(exit, exitStack);
    if (isLoading) {
      this.begin(load.changed, { failure });
      return;
    }
    load.lose(failure);
    this.#options.onLost(load, failure);
  }
}
