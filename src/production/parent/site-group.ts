import { Generation } from '../../arbiter/generation.ts';
import type { Heartbeat } from '../../arbiter/heartbeat.ts';
import type { WorkerExit } from '../../arbiter/worker-handle.ts';
import type { WorkerPool } from '../../arbiter/worker-pool.ts';
import type { BoundSocket } from '../binding/bound-socket.ts';
import type { ReloadStatus, SiteState } from '../control/controllable.ts';
import type { ErrorLog } from '../logs/error-log.ts';
import { remakeAccessLog } from '../logs/remake-access-log.ts';
import type { ToArbiter } from '../messages.ts';
import { uptimeMs } from '../uptime-ms.ts';
import { FairShare } from './accepting/fair-share.ts';
import { Shedding } from './accepting/shedding.ts';
import { StandIn } from './accepting/stand-in.ts';
import type { ArbiterHooks } from './arbiter-hooks.ts';
import { causeOf, deathCertificate } from './death-certificate.ts';
import { describeFailure } from './describe-failed.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';
import { reasonToRenew, requestLimit } from './recycling.ts';
import type { RunSettings, SiteToRun } from './site-to-run.ts';
import { StartNotices } from './start-notices.ts';

type WorkerGeneration = Generation<ToArbiter, ProductionWorkerHandle>;

interface SiteGroupOptions {
  readonly pool: WorkerPool<ToArbiter, ProductionWorkerHandle>;
  readonly heartbeat: Heartbeat<ProductionWorkerHandle>;
  /** The error log of the site. */
  readonly logOf: (site: SiteToRun) => ErrorLog;
  readonly spawn: (site: SiteToRun) => ProductionWorkerHandle;
  readonly hooks: ArbiterHooks;
}

/** A site with its sockets and a generation of workers that accept on them. */
export class SiteGroup {
  readonly name: string;
  /** The number of generations so far. */
  generation = 0;
  lastReload: ReloadStatus | undefined;
  readonly #options: SiteGroupOptions;
  readonly #shedding: Shedding;
  readonly #fairShare = new FairShare<ProductionWorkerHandle>(() => this.#sockets);
  readonly #notices = new StartNotices();
  /** The site's settings for the serving generation, or for the first one while that starts. */
  #site: SiteToRun;
  #sockets: readonly BoundSocket[] = [];
  #current: WorkerGeneration | undefined;
  #isRetired = false;
  /** The generation that is being started. */
  #next: WorkerGeneration | undefined;
  readonly #all = new Set<ProductionWorkerHandle>();
  #onChange: (() => void)[] = [];

  constructor(site: SiteToRun, options: SiteGroupOptions) {
    this.name = site.name;
    this.#site = site;
    this.#options = options;
    const standIn = new StandIn(
      () => options.spawn(this.#site),
      options.pool,
      () => this.#site.orders,
    );
    this.#shedding = new Shedding(standIn, () => this.#log);
  }

  get settings(): RunSettings {
    return this.#site.settings;
  }

  get sockets(): readonly BoundSocket[] {
    return this.#sockets;
  }

  /** All workers: those that start, serve or drain. */
  get allWorkers(): readonly ProductionWorkerHandle[] {
    return [...this.#all];
  }

  get state(): SiteState {
    if (this.#isRetired) return 'stopping';
    if (this.#next !== undefined) return this.#current === undefined ? 'starting' : 'reloading';
    return this.workers.length === 0 ? 'failing' : 'serving';
  }

  /** The serving workers. */
  get workers(): readonly ProductionWorkerHandle[] {
    return this.#current?.workers ?? [];
  }

  /**
   * Starts a generation. It takes over when all of its workers have loaded the site, have answered the warm-up
   * requests, and have run for a minimum time. Then the old generation drains.
   *
   * @param minUptimeMs the minimum time
   * @returns when the old generation has begun to drain, with a promise of its end.
   * @throws {GenerationFailed} if it cannot serve. The old generation, if there is one, continues.
   */
  async load(
    site: SiteToRun,
    sockets: readonly BoundSocket[],
    minUptimeMs: number,
  ): Promise<{ drained: Promise<void> }> {
    const next = this.#createGeneration(site, minUptimeMs);
    this.#isRetired = false;
    this.#next = next;
    this.#notices.clear();
    next.start();
    try {
      await next.ready;
      if (this.#isRetired) throw new Error('The server is ending.');
    } catch (error) {
      next.retire(0);
      if (this.#current === undefined) this.#sockets = sockets;
      throw error;
    } finally {
      this.#next = undefined;
    }
    const before = this.#current;
    this.#current = next;
    this.#site = site;
    this.#sockets = sockets;
    this.generation += 1;
    for (const worker of next.workers) this.#open(worker);
    const leaving = before?.workers ?? [];
    before?.retire(site.settings.gracefulTimeoutMs);
    return { drained: Promise.all(leaving.map(({ ended }) => ended)).then(() => {}) };
  }

  /** Changes the number of workers. Resolves when the new ones serve and the surplus ones have ended. */
  async scale(workers: number): Promise<void> {
    this.#log.info(`The number of workers is ${workers} from now on.`);
    this.#site = { ...this.#site, settings: { ...this.settings, workers } };
    this.#current?.resize(workers, this.settings.gracefulTimeoutMs);
    while (!this.#isRetired && (this.workers.length !== workers || this.#all.size !== workers))
      await new Promise<void>((resolve) => this.#onChange.push(resolve));
  }

  /** Whether a worker has missed heartbeats for so long that something must be blocking it. */
  isSilent(worker: ProductionWorkerHandle): boolean {
    return this.#options.heartbeat.silentMs(worker) >= SILENT_MS;
  }

  /** Ends all workers, and starts no more. */
  retire(drainMs: number): void {
    this.#isRetired = true;
    this.#changed();
    this.#next?.retire(0);
    this.#shedding.end();
    this.#current?.retire(drainMs);
  }

  /** Makes all workers reopen their log files, including draining ones. */
  reopenLogs(): void {
    const { accessLog, identity } = this.#site.orders;
    if (accessLog !== undefined) remakeAccessLog(accessLog.target, identity, (text) => this.#log.error(text));
    for (const worker of this.#all) worker.send({ type: 'reopen-logs' });
  }

  /** Called when a worker has been silent for so long that it must be ended. */
  async onSilent(worker: ProductionWorkerHandle): Promise<void> {
    const { timeoutMs } = this.settings;
    await worker.killFor(`it did not answer for ${timeoutMs / 1000} s (--timeout)`, () =>
      this.#options.heartbeat.isSilent(worker),
    );
  }

  /** Called about once per second. */
  onBeat(now: number): void {
    this.#fairShare.beat();
    const { heartbeat } = this.#options;
    this.#shedding.check(now, {
      silencesMs: this.workers.map((worker) => heartbeat.silentMs(worker)),
      queueTimeoutMs: this.settings.queueTimeoutMs,
      sockets: this.#sockets,
    });
  }

  get #log(): ErrorLog {
    return this.#options.logOf(this.#site);
  }

  #createGeneration(site: SiteToRun, minUptimeMs: number): WorkerGeneration {
    const { pool, spawn } = this.#options;
    const { settings, orders } = site;
    const number = this.generation + 1;
    const generation: WorkerGeneration = new Generation({
      pool,
      size: settings.workers,
      spawn: () => {
        const worker = spawn(site);
        this.#all.add(worker);
        void worker.ended.then(() => {
          this.#all.delete(worker);
          this.#changed();
        });
        return worker;
      },
      bootTimeoutMs: settings.bootTimeoutMs,
      minUptimeMs,
      onLate: (worker) =>
        void worker.onOverdue(settings.bootTimeoutMs, () => !generation.workers.includes(worker)),
      describeExit: (worker, exit) => causeOf(worker, exit),
      onBooted: (worker) => {
        const { name } = this;
        const facts = { site: name, generation: number };
        worker.maxRequests = requestLimit(settings.maxRequests, settings.maxRequestsJitter);
        const server = { ...orders.server, maxRequests: finite(worker.maxRequests) };
        void this.#options.hooks
          .run('preFork', facts)
          .then(() => worker.send({ type: 'serve', ...orders, ...facts, server }));
      },
      onMessage: (message, worker) => this.#onMessage(message, worker, generation),
      onLeft: (worker, exit) => {
        worker.isUnneeded = worker.state === 'starting' && exit === undefined;
        worker.state = 'draining';
        this.#options.heartbeat.forget(worker);
        this.#fairShare.leave(worker);
      },
      onGone: (worker, exit) => this.#onGone(worker, exit, number),
    });
    return generation;
  }

  #onMessage(message: ToArbiter, worker: ProductionWorkerHandle, generation: WorkerGeneration): void {
    const { heartbeat } = this.#options;
    switch (message.type) {
      case 'ready':
        // The workers of an unproven generation wait for each other.
        if (generation !== this.#current) return;
        if (message.failure === undefined) this.#open(worker);
        else this.#log.error(`The site does not load.\n${describeFailure(message.failure)}`);
        return;
      case 'pong':
        heartbeat.answered(worker, true);
        return;
      case 'vitals':
        worker.noteVitals(message.vitals);
        this.#renewIfDue(worker, generation);
        return;
      case 'accepts':
        this.#fairShare.report(worker, message);
        return;
      case 'term':
        setTimeout(() => this.#renew(worker, generation, 'SIGTERM was sent to it'), TERM_TO_ALL_MS).unref();
        return;
      case 'exiting':
        worker.lastWords = message;
        return;
      case 'notice':
        if (worker.state !== 'starting' || this.#notices.isNew(message.text))
          this.#log[message.level](message.text);
    }
  }

  /** Lets the worker accept connections from now on. */
  #open(worker: ProductionWorkerHandle): void {
    worker.state = 'serving';
    this.#log.info(`Worker ${worker.pid} serves.`);
    this.#fairShare.join(worker);
    this.#options.heartbeat.watch(worker);
    this.#changed();
  }

  #changed(): void {
    for (const resolve of this.#onChange.splice(0)) resolve();
  }

  #renewIfDue(worker: ProductionWorkerHandle, generation: WorkerGeneration): void {
    if (worker.isLeaving || worker.state !== 'serving') return;
    const reason = reasonToRenew(worker, this.settings, uptimeMs());
    if (reason !== undefined) this.#renew(worker, generation, reason);
  }

  /** Starts a replacement for a worker, which then finishes its open requests and ends. */
  #renew(worker: ProductionWorkerHandle, generation: WorkerGeneration, reason: string): void {
    if (generation !== this.#current || worker.isLeaving || worker.state !== 'serving') return;
    worker.isLeaving = true;
    this.#log.info(`Worker ${worker.pid} is replaced: ${reason}.`);
    generation.renew(worker, this.settings.gracefulTimeoutMs);
  }

  #onGone(worker: ProductionWorkerHandle, exit: WorkerExit, generation: number): void {
    const { pid } = worker;
    const { code: exitCode, signal } = exit;
    if (pid !== undefined)
      void this.#options.hooks.run('childExit', { site: this.name, generation, pid, exitCode, signal });
    if (worker.wasToEnd(exit)) this.#log.debug(`Worker ${pid} has ended.`);
    else this.#log.error(deathCertificate(worker, exit, uptimeMs()));
  }
}

/** A worker with a high load may be silent for a shorter time. */
const SILENT_MS = 2_000;

/** A service manager may send SIGTERM to all processes. By then, the arbiter has it as well, and replaces no worker. */
const TERM_TO_ALL_MS = 200;

function finite(count: number): number | undefined {
  return Number.isFinite(count) ? count : undefined;
}
