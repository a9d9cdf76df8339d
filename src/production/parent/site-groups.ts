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
  /** The server that this one replaces: it serves until this one does. */
  readonly predecessor: { readonly notServed: ReadonlySet<string> } | undefined;
  /** Reads the configuration again. */
  readonly readSites: () => Promise<SitesRead>;
}

/** A configuration that was read, and is not in force yet. */
interface SitesRead {
  readonly sites: readonly SiteToRun[];
  /** Its hooks run from here on. */
  enforce(): void;
  /** It is not used. */
  discard(): void;
}

/** The result of a reload. */
interface Reloaded {
  readonly outcome: Outcome;
  /** Resolves when all workers have ended that serve no longer. */
  readonly drained: Promise<unknown>;
}

/** How often workers are asked for a sign of life, and sites whether any of theirs can accept. */
const BEAT_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** All sites of a server. A failure of one does not affect the others. */
export class SiteGroups {
  readonly #options: SiteGroupsOptions;
  readonly #sites = new Map<string, SiteGroup>();
  /** Sites that a reload has found in the configuration, and could not load. */
  readonly #notServed = new Map<string, SiteGroup>();
  readonly #siteOf = new WeakMap<ProductionWorkerHandle, SiteGroup>();
  /** One for all, so that a hundred sites have one timer. */
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

  /** Sites that the configuration names and that have never been served, since the reload that found them failed. */
  get notServed(): readonly SiteGroup[] {
    return [...this.#notServed.values()];
  }

  /**
   * Binds all sockets and starts all sites. One that does not load keeps no other from being served: it is tried again.
   *
   * @throws {GenerationFailed} when no site can be served, or what makes a socket impossible.
   * @throws {CommandError} when a site cannot be served that the server before does serve.
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
   * Reads the configuration and loads the code again. Resolves when new generations serve, or when those before stay.
   *
   * @param names The sites that are loaded. @default all
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
   * Reads the configuration, opens its sockets, and has it in force from here on.
   *
   * @throws {CommandError} for what makes it impossible. The one before stays in force.
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

  /** Ends the workers of all sites, and starts no others. */
  retire(drainMs: number): void {
    for (const site of this.all) site.retire(drainMs);
  }

  /** From here on nothing is started, killed or asked. */
  close(): void {
    this.#isRetired = true;
    clearInterval(this.#shedding);
    this.#heartbeat.stop();
  }

  /** The first load of a site. Why it failed is what `runwsgi status` says of it. */
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
   * Ends the sites that the configuration has no longer. Where another site could not be loaded, that may be one of these
   * by a new name: so they go on, but for those whose address serves another site by now.
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

  /** A failed start is repeated: what the site needs may come later, a database say. */
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
