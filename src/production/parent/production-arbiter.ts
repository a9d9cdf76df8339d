import { setTimeout as sleep } from 'node:timers/promises';
import { Actions } from '../../arbiter/actions.ts';
import { WorkerPool } from '../../arbiter/worker-pool.ts';
import { HANDLERS_TIMEOUT_MS, type StopSignal } from '../../worker/stop.ts';
import type { Outcome, StopMode, Stopping } from '../control/controllable.ts';
import type { ToArbiter } from '../messages.ts';
import { cannotScale } from './cannot-scale.ts';
import { describeFailed } from './describe-failed.ts';
import { ACTIONS, type Action } from './production-actions.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';
import { SiteGroups, type SiteGroupsOptions } from './site-groups.ts';
import type { SiteToRun } from './site-to-run.ts';

interface ProductionArbiterOptions extends Omit<SiteGroupsOptions, 'pool'> {
  /** Starts another arbiter on the same sockets. Resolves when it serves. */
  readonly upgrade: () => Promise<void>;
  /** Opens the log files of this process again. */
  readonly reopenLogs: () => void;
  /** Whether this process writes to a terminal. Then SIGWINCH only means a changed window size. */
  readonly hasTerminal: boolean;
  readonly onReloading?: () => Promise<void> | void;
  readonly onReloaded?: (outcome: Outcome) => void;
  readonly onEnding?: () => void;
  /** Called when all processes that were told to end have ended. */
  readonly onEnded: () => void;
}

interface AskedReload {
  /** The site; undefined for all sites. */
  readonly site: string | undefined;
  readonly resolve: (outcome: Outcome) => void;
}

const FAILED_RELOAD = 'The reload failed, and the previous code continues to serve.';

/** Additional time for the system to end processes. */
const MARGIN_MS = 5_000;

/**
 * The parent process of the production server. It owns the sockets, the signals and the workers, and runs no code of a
 * site.
 */
export class ProductionArbiter {
  readonly sites: SiteGroups;
  readonly #options: ProductionArbiterOptions;
  readonly #pool = new WorkerPool<ToArbiter, ProductionWorkerHandle>();
  readonly #actions: Actions<Action>;
  #reloads: AskedReload[] = [];
  #isEnding = false;
  /** Ends may overlap, since QUIT can overtake TERM. */
  #hasEnded = false;

  constructor(options: ProductionArbiterOptions) {
    this.#options = options;
    this.sites = new SiteGroups({ ...options, pool: this.#pool });
    this.#actions = new Actions(ACTIONS, (action) => this.#run(action));
  }

  /** Requests an action, as a signal does. */
  ask(action: Action): void {
    this.#actions.ask(action);
  }

  /**
   * Serves the sites.
   *
   * @throws {GenerationFailed} if no site can be served, or the error of a socket. Then nothing runs.
   */
  async start(sites: readonly SiteToRun[]): Promise<void> {
    try {
      await this.sites.start(sites);
    } catch (error) {
      this.#isEnding = true;
      this.sites.close();
      this.sites.retire(0);
      await this.#pool.close('SIGTERM');
      this.#options.sockets.close();
      throw error;
    }
  }

  /**
   * Reloads configuration and code, of one site or of all. Resolves when the old generations have ended, or when it is
   * certain that they stay.
   */
  reload(site?: string): Promise<Outcome> {
    if (this.#isEnding) return Promise.resolve({ ok: false, reason: 'The server is ending.' });
    return new Promise((resolve) => {
      this.#reloads.push({ site, resolve });
      this.ask('reload');
    });
  }

  /** Begins to stop the server. */
  stop(mode: StopMode): Stopping {
    this.ask(mode === 'graceful' ? 'stop' : 'quit');
    const { delayMs, drainMs } = this.#endingTimes(mode === 'graceful');
    return { withinMs: delayMs + drainMs + HANDLERS_TIMEOUT_MS + MARGIN_MS };
  }

  async #run(action: Action): Promise<void> {
    const { log, hasTerminal, reopenLogs } = this.#options;
    switch (action) {
      case 'stop':
        return this.#end('SIGTERM');
      case 'quit':
        return this.#end('SIGQUIT');
      case 'reload':
        return this.#reload();
      case 'upgrade':
        return this.#upgrade();
      case 'more':
      case 'less':
        for (const site of this.sites.all) {
          const reason = cannotScale(site);
          if (reason !== undefined) log.warning(reason);
          else void site.scale(Math.max(1, site.settings.workers + (action === 'more' ? 1 : -1)));
        }
        return;
      case 'rest':
        if (hasTerminal) return;
        log.info('The workers end. HUP starts new ones.');
        for (const site of this.sites.all) site.retire(site.settings.gracefulTimeoutMs);
        return;
      case 'reopen':
        reopenLogs();
        for (const site of this.sites.all) site.reopenLogs();
    }
  }

  async #reload(): Promise<void> {
    const { hooks, log } = this.#options;
    const asked = this.#reloads.splice(0);
    const names = asked.flatMap(({ site }) => site ?? []);
    log.info('Reloading.');
    await this.#options.onReloading?.();
    // A signal means all sites, and so does a request without a site.
    const isForSome = asked.length > 0 && names.length === asked.length;
    await hooks.run('onReload', { site: isForSome ? names.join(', ') : undefined });
    const { outcome, drained } = await this.sites.reload(isForSome ? new Set(names) : undefined);
    const answer =
      outcome.ok || this.#isEnding
        ? outcome
        : { ok: false as const, reason: `${FAILED_RELOAD}\n${outcome.reason}` };
    if (!answer.ok && !this.#isEnding) log.error(answer.reason);
    // Another reload waits for the load only, and not for the open requests of the old workers.
    void drained.then(() => {
      if (outcome.ok && !this.#isEnding) log.info('Reloaded.');
      for (const { resolve } of asked) resolve(answer);
    });
    this.#options.onReloaded?.(outcome);
  }

  async #upgrade(): Promise<void> {
    const { log, sockets, upgrade } = this.#options;
    log.info('Starting another server on the same sockets.');
    try {
      await upgrade();
    } catch (error) {
      if (this.#isEnding) return;
      log.error(`The upgrade failed, and this server continues.\n${describeFailed(error)}`);
      return;
    }
    sockets.handOver();
    this.ask('stop');
  }

  /** A graceful stop continues to accept for `--drain-delay`, until load balancers have noticed it. */
  async #end(signal: StopSignal): Promise<void> {
    const isGraceful = signal === 'SIGTERM';
    const { hooks, log, sockets, onEnded } = this.#options;
    const { delayMs, drainMs } = this.#endingTimes(isGraceful);
    this.#isEnding = true;
    log.info(isGraceful ? 'Ending after the open requests are finished.' : 'Ending at once.');
    // A pending promise does not keep Node running. The process would end by itself and remove unix socket files that
    // may belong to another server by now.
    setInterval(() => {}, MARGIN_MS);
    this.#options.onEnding?.();
    if (delayMs > 0) await sleep(delayMs);
    this.sites.close();
    // Closed first: the last worker that closes its listener then ends the socket, after no connection waits on it any
    // more.
    sockets.close();
    // Before the sites, which retire their workers as at a reload: a worker runs only the handlers of its first signal.
    const closed = this.#pool.close(signal, drainMs);
    this.sites.retire(drainMs);
    await closed;
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const { resolve } of this.#reloads.splice(0))
      resolve({ ok: false, reason: 'The server has ended.' });
    await hooks.run('onExit', { pid: process.pid });
    log.info('Ended.');
    onEnded();
  }

  #endingTimes(isGraceful: boolean): { delayMs: number; drainMs: number } {
    const settings = isGraceful ? this.sites.all.map((site) => site.settings) : [];
    return {
      delayMs: Math.max(0, ...settings.map(({ drainDelayMs }) => drainDelayMs)),
      drainMs: Math.max(0, ...settings.map(({ gracefulTimeoutMs }) => gracefulTimeoutMs)),
    };
  }
}
