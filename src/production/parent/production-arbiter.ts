import { Actions, type ActionTable } from '../../arbiter/actions.ts';
import { GenerationFailed } from '../../arbiter/generation.ts';
import { Heartbeat } from '../../arbiter/heartbeat.ts';
import { WorkerPool } from '../../arbiter/worker-pool.ts';
import type { StopSignal } from '../../worker/stop.ts';
import type { ToArbiter } from '../messages.ts';
import { describeFailed } from './describe-failed.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';
import { SiteGroup } from './site-group.ts';
import type { SiteToRun } from './site-to-run.ts';
import type { SocketTable } from './socket-table.ts';
import type { ErrorLog } from './stub.ts';

export interface ProductionArbiterOptions {
  readonly log: ErrorLog;
  readonly sockets: SocketTable;
  readonly spawn: (site: SiteToRun) => ProductionWorkerHandle;
  /** Reads the configuration again. */
  readonly readSites: () => Promise<readonly SiteToRun[]>;
  /** Starts another arbiter on the same sockets. Resolves when it serves. */
  readonly upgrade: () => Promise<void>;
  /** Whether a window of a terminal shows what this process prints. */
  readonly hasTerminal: boolean;
  /** Called when everything has ended that the action asked to end. */
  readonly onEnded: () => void;
}

/** What became of a reload. */
export type ReloadResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What the production server can be asked for. */
export type Action = 'stop' | 'quit' | 'reload' | 'more' | 'less' | 'reopen' | 'upgrade' | 'rest';

export const ACTIONS: ActionTable<Action> = {
  signals: {
    SIGTERM: 'stop',
    SIGINT: 'quit',
    SIGQUIT: 'quit',
    SIGHUP: 'reload',
    SIGTTIN: 'more',
    SIGTTOU: 'less',
    SIGUSR1: 'reopen',
    SIGUSR2: 'upgrade',
    SIGWINCH: 'rest',
  },
  during: {
    reload: { reload: 'after', upgrade: 'after', rest: 'after' },
    upgrade: { reload: 'after', upgrade: 'drop', rest: 'after' },
    rest: { reload: 'after' },
    stop: { stop: 'drop', reload: 'drop', more: 'drop', less: 'drop', upgrade: 'drop', rest: 'drop' },
    quit: {
      stop: 'drop',
      quit: 'drop',
      reload: 'drop',
      more: 'drop',
      less: 'drop',
      upgrade: 'drop',
      rest: 'drop',
    },
  },
};

const BEAT_MS = 1_000;

/** The parent of the production server. It has the sockets, the signals and the workers, and runs nothing of a site's. */
export class ProductionArbiter {
  readonly #options: ProductionArbiterOptions;
  readonly #pool = new WorkerPool<ToArbiter, ProductionWorkerHandle>();
  readonly #sites = new Map<string, SiteGroup>();
  readonly #siteOf = new WeakMap<ProductionWorkerHandle, SiteGroup>();
  readonly #heartbeat: Heartbeat<ProductionWorkerHandle>;
  readonly #actions: Actions<Action>;
  #isEnding = false;
  #onReloaded: ((result: ReloadResult) => void)[] = [];

  constructor(options: ProductionArbiterOptions) {
    this.#options = options;
    this.#actions = new Actions(ACTIONS, (action) => this.#run(action));
    this.#heartbeat = new Heartbeat((worker) => void this.#siteOf.get(worker)?.onSilent(worker), {
      beatMs: BEAT_MS,
      silentBeats: (worker) => {
        const { timeoutMs } = this.#siteOf.get(worker)!.settings;
        return timeoutMs === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(timeoutMs / BEAT_MS));
      },
      onBeat: () => {
        for (const site of this.#sites.values()) site.checkShedding(Date.now());
      },
    });
  }

  get sites(): readonly SiteGroup[] {
    return [...this.#sites.values()];
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /**
   * Binds all sockets and starts all sites. One that does not load keeps no other from being served.
   *
   * @throws {GenerationFailed} when none can be served, or what makes a socket impossible.
   */
  async start(sites: readonly SiteToRun[]): Promise<void> {
    const sockets = await this.#options.sockets.openAll(sites);
    const failures: unknown[] = [];
    await Promise.all(
      sites.map(async (site) => {
        const { name } = site;
        try {
          await this.#create(site).load(site, sockets.get(name)!);
        } catch (error) {
          failures.push(error);
          if (sites.length > 1)
            this.#options.log.critical(`[${name}] The site does not start.\n${describeFailed(error)}`);
        }
      }),
    );
    if (failures.length === sites.length) throw failures[0];
  }

  /** Asks for an action, as signals do. */
  ask(action: Action): void {
    this.#actions.ask(action);
  }

  /** Loads configuration and code again. Resolves when the generations before have ended, or when they stay. */
  reload(): Promise<ReloadResult> {
    if (this.#isEnding) return Promise.resolve({ ok: false, reason: 'The server is ending.' });
    const result = new Promise<ReloadResult>((resolve) => this.#onReloaded.push(resolve));
    this.ask('reload');
    return result;
  }

  /** Gives all up after a failed start. Resolves when all processes have ended. */
  async abandon(): Promise<void> {
    this.#isEnding = true;
    this.#heartbeat.stop();
    for (const site of this.sites) site.retire(0);
    await this.#pool.close('SIGTERM');
    this.#options.sockets.close();
  }

  async #run(action: Action): Promise<void> {
    const { log } = this.#options;
    switch (action) {
      case 'stop':
        return this.#end('SIGTERM');
      case 'quit':
        return this.#end('SIGQUIT');
      case 'reload':
        return this.#reload();
      case 'more':
      case 'less':
        for (const site of this.sites) {
          const workers = Math.max(1, site.settings.workers + (action === 'more' ? 1 : -1));
          log.info(`${workers} workers are asked for.`);
          site.scale(workers);
        }
        return;
      case 'rest':
        // In a terminal the signal says that the window has another size.
        if (this.#options.hasTerminal) return;
        log.info('The workers end; HUP starts new ones.');
        for (const site of this.sites) site.retire(site.settings.gracefulTimeoutMs);
        return;
      case 'reopen':
        log.reopen();
        for (const site of this.sites) site.reopenLogs();
        return;
      case 'upgrade':
        return this.#upgrade();
    }
  }

  async #reload(): Promise<void> {
    const waiting = this.#onReloaded.splice(0);
    const result = await this.#loadAgain();
    const { log } = this.#options;
    if (result.ok) log.info('Reloaded.');
    else if (!this.#isEnding) log.error(`The reload failed, and the code before goes on.\n${result.reason}`);
    for (const resolve of waiting) resolve(result);
  }

  async #loadAgain(): Promise<ReloadResult> {
    const { log, readSites, sockets } = this.#options;
    log.info('Reloading.');
    try {
      const sites = await readSites();
      const opened = await sockets.openAll(sites);
      const drained = await Promise.allSettled(
        sites.map(async (site) => {
          const group = this.#sites.get(site.name) ?? this.#create(site);
          await (await group.load(site, opened.get(site.name)!)).drained;
        }),
      );
      await this.#remove(new Set(sites.map(({ name }) => name)));
      sockets.closeUnused(this.sites.flatMap((site) => site.sockets));
      const reasons = drained.flatMap((one) =>
        one.status === 'rejected' ? [describeFailed(one.reason)] : [],
      );
      return reasons.length === 0 ? { ok: true } : { ok: false, reason: reasons.join('\n') };
    } catch (error) {
      return { ok: false, reason: describeFailed(error) };
    }
  }

  #create(site: SiteToRun): SiteGroup {
    const { log, spawn } = this.#options;
    const group: SiteGroup = new SiteGroup(site, {
      pool: this.#pool,
      heartbeat: this.#heartbeat,
      log,
      spawn: (current) => {
        const worker = spawn(current);
        this.#siteOf.set(worker, group);
        return worker;
      },
    });
    this.#sites.set(site.name, group);
    return group;
  }

  async #remove(staying: ReadonlySet<string>): Promise<void> {
    for (const [name, site] of this.#sites) {
      if (staying.has(name)) continue;
      this.#sites.delete(name);
      const { workers } = site;
      site.retire(site.settings.gracefulTimeoutMs);
      await Promise.all(workers.map(({ ended }) => ended));
    }
  }

  async #upgrade(): Promise<void> {
    const { log, upgrade } = this.#options;
    try {
      await upgrade();
    } catch (error) {
      log.error(`The upgrade failed, and this server goes on.\n${describeFailed(error)}`);
      return;
    }
    this.#options.sockets.handOver();
    this.ask('stop');
  }

  /** A graceful end first lets those go on for a while that send requests here, until they know that it ends. */
  async #end(signal: StopSignal): Promise<void> {
    const isGraceful = signal === 'SIGTERM';
    const { log, sockets, onEnded } = this.#options;
    log.info(isGraceful ? 'Ending: requests in hand are finished first.' : 'Ending at once.');
    this.#isEnding = true;
    const delayMs = Math.max(0, ...this.sites.map(({ settings }) => settings.drainDelayMs));
    if (isGraceful && delayMs > 0) await this.#pause(delayMs);
    this.#heartbeat.stop();
    const drainMs = isGraceful
      ? Math.max(0, ...this.sites.map(({ settings }) => settings.gracefulTimeoutMs))
      : 0;
    for (const site of this.sites) site.retire(drainMs);
    await this.#pool.close(signal, drainMs);
    sockets.close();
    for (const resolve of this.#onReloaded.splice(0)) resolve({ ok: false, reason: 'The server has ended.' });
    onEnded();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** Whether a start failed since the application does not load, and not since a worker could not run at all. */
export function isApplicationFailure(error: unknown): boolean {
  return error instanceof GenerationFailed && 'failure' in error.reason;
}
