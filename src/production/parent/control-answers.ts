import { packageVersion } from '../../files/package-root.ts';
import type { Controllable, Injection, Outcome, SiteStatus, WorkerStatus } from '../control/controllable.ts';
import type { RecentLines } from '../control/recent-lines.ts';
import { mostWorkers } from '../host/worker-count.ts';
import { uptimeMs } from '../uptime-ms.ts';
import { cannotScale } from './cannot-scale.ts';
import type { ProductionArbiter } from './production-arbiter.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';
import type { SiteGroup } from './site-group.ts';
import { schemeOf } from './site-to-run.ts';

/** The answers of a running server over its control channel. */
export function controllable(arbiter: ProductionArbiter, lines: RecentLines): Controllable {
  const startedAt = new Date(Date.now() - uptimeMs()).toISOString();
  const { pid, version: node } = process;

  /** Finds a site by name; without a name, the only site. */
  function find(name: string | undefined): SiteGroup | { readonly ok: false; readonly reason: string } {
    const { all } = arbiter.sites;
    const names = all.map((site) => site.name).join(', ');
    if (name === undefined && all.length === 1) return all[0]!;
    if (name === undefined)
      return { ok: false, reason: `The server has several sites: name one of ${names}.` };
    if (arbiter.sites.notServed.some((site) => site.name === name))
      return { ok: false, reason: `The site '${name}' is not served: it has not loaded yet.` };
    return all.find((site) => site.name === name) ?? unknownSite(name, names);
  }

  return {
    status: () => ({
      pid,
      version: packageVersion(),
      node,
      startedAt,
      sites: [...arbiter.sites.all, ...arbiter.sites.notServed].map(siteStatus),
    }),
    reload: (site) => arbiter.reload(site),
    stop: (mode) => arbiter.stop(mode),
    async scale(workers, name): Promise<Outcome> {
      const site = find(name);
      if ('ok' in site) return site;
      if (workers > mostWorkers())
        return { ok: false, reason: `The memory has room for ${mostWorkers()} workers at most.` };
      const reason = cannotScale(site);
      if (reason !== undefined) return { ok: false, reason };
      await site.scale(workers);
      return { ok: true };
    },
    tail: (listener) => lines.tail(listener),
    inject(name): Injection {
      const site = find(name);
      if ('ok' in site) return site;
      const [worker] = [...site.workers].sort((a, b) => inFlightOf(a) - inFlightOf(b));
      if (worker === undefined) return { ok: false, reason: 'No worker serves.' };
      return { ok: true, dispatch: (connection) => worker.send({ type: 'injected' }, connection) };
    },
  };
}

function siteStatus(site: SiteGroup): SiteStatus {
  const scheme = schemeOf(site.settings);
  return {
    name: site.name,
    addresses: site.sockets.map((socket) => socket.servedAt(scheme)),
    generation: site.generation,
    state: site.state,
    ...(site.lastReload && { lastReload: site.lastReload }),
    workers: site.allWorkers.flatMap((worker) => workerStatus(worker, site) ?? []),
  };
}

function workerStatus(worker: ProductionWorkerHandle, site: SiteGroup): WorkerStatus | undefined {
  const { pid, startedAt, vitals } = worker;
  if (pid === undefined) return undefined;
  return {
    pid,
    age: Math.round((uptimeMs() - startedAt) / 1000),
    requests: vitals?.requests ?? 0,
    inFlight: vitals?.openRequests ?? 0,
    memory: vitals?.rss ?? 0,
    state: site.isSilent(worker) ? 'silent' : worker.state,
  };
}

function inFlightOf({ vitals }: ProductionWorkerHandle): number {
  return vitals?.openRequests ?? 0;
}

function unknownSite(name: string, names: string) {
  return { ok: false, reason: `There is no site '${name}'; there is: ${names}.` } as const;
}
