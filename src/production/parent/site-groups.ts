import { Heartbeat } from '../../arbiter/heartbeat.ts';
import type { WorkerPool } from '../../arbiter/worker-pool.ts';
import { CommandError } from '../../errors.ts';
import type { BoundSocket } from '../binding/bound-socket.ts';
import type { Outcome, ReloadStatus } from '../control/controllable.ts';
import type { ErrorLog } from '../logs/error-log.ts';
import type { ToArbiter } from '../messages.ts';
import { uptimeMs } from '../uptime-ms.ts';
import type { ArbiterHooks } from './arbiter-hooks.ts';
import { describeFailed } from './describe-failed.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';
import { SiteGroup } from './site-group.ts';
import type { SiteToRun } from './site-to-run.ts';
import type { SocketTable } from './socket-table.ts';

export interface SiteGroupsOptions {
  /** The error log of the server. */
  readonly log: ErrorLog;
  /** The error log of a site. */
  readonly logOf: (site: SiteToRun) => ErrorLog;
  readonly sockets: SocketTable;
  readonly pool: WorkerPool<ToArbiter, ProductionWorkerHandle>;
  readonly spawn: (site: SiteToRun) => ProductionWorkerHandle;
  readonly hooks: ArbiterHooks;
  /** The replaced server. It serves until this one does. */
  readonly predecessor: { readonly notServed: ReadonlySet<string> } | undefined;
  /** Reads the configuration again. */
  readonly readSites: () => Promise<SitesRead>;
}

/** A configuration that was read but is not in use yet. */
interface SitesRead {
  readonly sites: readonly SiteToRun[];
  /** Uses it: its hooks run from now on. */
  enforce(): void;
  /** Discards it. */
  discard(): void;
}

/** The result of a reload. */
interface Reloaded {
  readonly outcome: Outcome;
  /** Resolves when all workers that no longer serve have ended. */
  readonly drained: Promise<unknown>;
}

/** The interval of heartbeats, and of the check whether a site's workers can accept. */
const BEAT_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** All sites of a server. A failure of one site does not affect the others. */
export class SiteGroups {
  readonly #options: SiteGroupsOptions;
  readonly #sites = new Map<string, SiteGroup>();
  /** Sites that a reload has found in the configuration but could not load. */
  readonly #notServed = new Map<string, SiteGroup>();
  readonly #siteOf = new WeakMap<ProductionWorkerHandle, SiteGroup>();
  /** One heartbeat for all sites, so that a hundred sites use one timer. */
  readonly #heartbeat: Heartbeat<ProductionWorkerHandle>;
  #shedding: NodeJS.Timeout | undefined;
  #isRetired = false;

  constructor(options: SiteGroupsOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat((worker) => void this.#siteOf.get(worker)!.onSilent(worker), {
      beatMs: BEAT_MS,
      silentBeats: (worker) => {
        const { timeoutMs } = this.#siteOf.get(worker)!.settings;
        return timeoutMs === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(timeoutMs / BEAT_MS));
      },
    });
  }

  get all(): readonly SiteGroup[] {
    return [...this.#sites.values()];
  }

  /** Sites in the configuration that have never been served, because the reload that added them has failed. */
  get notServed(): readonly SiteGroup[] {
    return [...this.#notServed.values()];
  }

  /**
   * Binds all sockets and starts all sites. A site that does not load does not prevent the others from being served;
   * its start is repeated.
   *
   * @throws {GenerationFailed} if no site can be served, or the error of a socket.
   * @throws {CommandError} if a site cannot be served that the replaced server does serve.
   */
  async start(sites: readonly SiteToRun[]): Promise<void> {
    const { log, sockets, predecessor } = this.#options;
    const opened = await sockets.openAll(sites);
    const loads = await Promise.allSettled(
      sites.map((site) => {
        const minUptimeMs = predecessor ? site.settings.minUptimeMs : 0;
        return this.#start(this.#create(site), site, opened.get(site.name)!, minUptimeMs);
      }),
    );
    const failures = loads.flatMap((load, index) =>
      load.status === 'rejected' ? [{ site: sites[index]!, reason: load.reason }] : [],
    );
    if (failures.length === sites.length) throw failures[0]!.reason;
    const losing = failures.filter(({ site }) => predecessor && !predecessor.notServed.has(site.name));
    if (losing.length > 0)
      throw new CommandError(
        losing.map(({ site, reason }) => `[${site.name}] ${describeFailed(reason)}`).join('\n'),
      );
    for (const { site, reason } of failures) {
      log.critical(`[${site.name}] The site does not start.\n${describeFailed(reason)}`);
      this.#tryAgain(site, FIRST_RETRY_MS);
    }
    this.#shedding = setInterval(() => {
      for (const site of this.all) site.onBeat(uptimeMs());
    }, BEAT_MS);
  }

  /**
   * Reloads the configuration and the code. Resolves when new generations serve, or when it is certain that the old
   * ones stay.
   *
   * @param names The sites to load. @default all
   */
  async reload(names?: ReadonlySet<string>): Promise<Reloaded> {
    try {
      const { sites, loaded, opened } = await this.#prepare(names);
      for (const name of this.#notServed.keys())
        if (!sites.some((site) => site.name === name)) this.#notServed.delete(name);
      const loads = await Promise.allSettled(loaded.map((site) => this.#load(site, opened.get(site.name)!)));
      const drained = loads.flatMap((load) => (load.status === 'fulfilled' ? [load.value.drained] : []));
      const reasons = loads.flatMap((load, index) => {
        const site = sites.length === 1 ? '' : `[${loaded[index]!.name}] `;
        return load.status === 'rejected' ? [`${site}${describeFailed(load.reason)}`] : [];
      });
      const isLoaded = reasons.length === 0;
      if (names === undefined) drained.push(this.#keep(new Set(sites.map(({ name }) => name)), isLoaded));
      this.#options.sockets.closeUnused(this.all.flatMap((site) => site.sockets));
      const outcome: Outcome = isLoaded ? { ok: true } : { ok: false, reason: reasons.join('\n') };
      return { outcome, drained: Promise.all(drained) };
    } catch (error) {
      for (const site of this.all) if (names?.has(site.name) ?? true) site.lastReload = failed(error);
      return { outcome: { ok: false, reason: describeFailed(error) }, drained: Promise.resolve() };
    }
  }

  /**
   * Reads the configuration, opens its sockets, and puts it into use.
   *
   * @throws {CommandError} if that is impossible. Then the old configuration stays in use.
   */
  async #prepare(names: ReadonlySet<string> | undefined) {
    const { readSites, sockets } = this.#options;
    const read = await readSites();
    try {
      const { sites } = read;
      const unknown = [...(names ?? [])].find((name) => !sites.some((site) => site.name === name));
      if (unknown !== undefined) throw new CommandError(`There is no site '${unknown}'.`);
      const loaded = sites.filter(({ name }) => names?.has(name) ?? true);
      const opened = await sockets.openAll(loaded);
      read.enforce();
      return { sites, loaded, opened };
    } catch (error) {
      read.discard();
      throw error;
    }
  }

  /** Ends the workers of all sites, and starts no more. */
  retire(drainMs: number): void {
    for (const site of this.all) site.retire(drainMs);
  }

  /** From then on, nothing is started, killed or asked. */
  close(): void {
    this.#isRetired = true;
    clearInterval(this.#shedding);
    this.#heartbeat.stop();
  }

  /** Loads a site for the first time. The reason of a failure is shown by `runwsgi status`. */
  async #start(group: SiteGroup, site: SiteToRun, sockets: readonly BoundSocket[], minUptimeMs: number) {
    try {
      await group.load(site, sockets, minUptimeMs);
      group.lastReload = undefined;
    } catch (error) {
      group.lastReload = failed(error);
      throw error;
    }
  }

  async #load(site: SiteToRun, sockets: readonly BoundSocket[]): Promise<{ drained: Promise<void> }> {
    const before = this.#sites.get(site.name);
    const group = before ?? this.#create(site);
    try {
      const loaded = await group.load(site, sockets, site.settings.minUptimeMs);
      group.lastReload = { at: new Date().toISOString(), ok: true };
      this.#notServed.delete(site.name);
      return loaded;
    } catch (error) {
      group.lastReload = failed(error);
      if (before === undefined) {
        this.#sites.delete(site.name);
        this.#notServed.set(site.name, group);
      }
      throw error;
    }
  }

  #create(site: SiteToRun): SiteGroup {
    const { hooks, logOf, pool, spawn } = this.#options;
    const group: SiteGroup = new SiteGroup(site, {
      pool,
      heartbeat: this.#heartbeat,
      hooks,
      logOf,
      spawn: (current) => {
        const worker = spawn(current);
        this.#siteOf.set(worker, group);
        return worker;
      },
    });
    this.#sites.set(site.name, group);
    return group;
  }

  /**
   * Ends the sites that are no longer in the configuration. If another site could not be loaded, it may be one of these
   * with a new name. So they continue, unless another site now uses their address.
   */
  async #keep(names: ReadonlySet<string>, isLoaded: boolean): Promise<void> {
    const isKept = ({ name }: SiteGroup) => names.has(name);
    const taken = new Set(this.all.filter(isKept).flatMap(({ sockets }) => sockets));
    const removed = this.all.filter(
      (site) => !isKept(site) && (isLoaded || site.sockets.some((socket) => taken.has(socket))),
    );
    await Promise.all(
      removed.map(async (site) => {
        this.#sites.delete(site.name);
        const { allWorkers } = site;
        site.retire(site.settings.gracefulTimeoutMs);
        await Promise.all(allWorkers.map(({ ended }) => ended));
      }),
    );
  }

  /**
   * Repeats a failed start, since something that the site needs, for example a database, may become available later.
   */
  #tryAgain(site: SiteToRun, delayMs: number): void {
    setTimeout(async () => {
      const group = this.#sites.get(site.name);
      if (this.#isRetired || group?.state !== 'failing') return;
      try {
        await this.#start(group, site, group.sockets, 0);
      } catch {
        this.#tryAgain(site, Math.min(delayMs * 2, LONGEST_RETRY_MS));
      }
    }, delayMs).unref();
  }
}

function failed(error: unknown): ReloadStatus {
  return { at: new Date().toISOString(), ok: false, reason: describeFailed(error) };
}
