import type { Server as NetServer, Socket } from 'node:net';
import { getHeapStatistics } from 'node:v8';
import { forbidDebugPages } from '../../handler/errors/page-access.ts';
import { clientErrorNotice } from '../../servers/http/client-error-notice.ts';
import { createHttpServer } from '../../servers/http/http-server.ts';
import type { ClientErrorRecord } from '../../servers/http/request/refusal.ts';
import type { Server } from '../../servers/server.ts';
import { toFailure } from '../../worker/failure.ts';
import { loadApplication } from '../../worker/site/load-application.ts';
import { enterSite } from '../../worker/site/serve-site.ts';
import { SiteRuntime } from '../../worker/site/site-runtime.ts';
import type { StopSignal } from '../../worker/stop.ts';
import type { WorkerSite } from '../../worker/worker-process.ts';
import { assumeIdentity } from '../host/identity.ts';
import { type AccessLog, createAccessLog } from '../logs/access-log.ts';
import type { ToArbiter, ToWorker, Vitals, WorkerOrders } from '../messages.ts';
import { requestLines } from '../request-lines.ts';
import { AcceptReports } from './accept-reports.ts';
import { createServer } from './create-server.ts';
import { PendingLoad, SITE_STEP } from './pending-load.ts';
import { RefusalNotices } from './refusal-notices.ts';
import { refuseAll } from './refuse-all.ts';
import { SiteHooks } from './site-hooks.ts';
import { warmUp } from './warm-up.ts';

type Serve = Extract<ToWorker, { type: 'serve' }>;

interface ProductionWorkerEffects {
  send(message: ToArbiter): void;
  /** Saves the compiled code of this package for the next process. It takes some milliseconds. */
  saveCode(): void;
}

/**
 * How long an ending worker keeps an idle connection. A request that is sent while its connection is being closed is
 * lost. A client that sends regularly sends its next request in this time, and the response tells it that the
 * connection ends.
 */
const IDLE_GRACE_MS = 2_000;

/** By then, the first requests have compiled the code that most requests use. */
const SAVE_DELAY_MS = 1_000;

/** The number of requests that are listed for a hanging worker. */
const MOST_SHOWN_REQUESTS = 20;

/** The key under which the arbiter reads the vitals of a hanging worker through the inspector. */
const VITALS = Symbol.for('startproject.vitals');

/** A worker of the production server: it loads the site once, answers the warm-up requests, and accepts on the arbiter's sockets. */
export class ProductionWorker implements WorkerSite<ToWorker> {
  readonly #effects: ProductionWorkerEffects;
  readonly #accepts = new AcceptReports((report) => this.#effects.send({ type: 'accepts', ...report }));
  #server: Server | undefined;
  /** Serves requests of `runwsgi inject`, which do not arrive over the site's sockets. */
  #inner: Server | undefined;
  #accessLog: AccessLog | undefined;
  #hooks: SiteHooks | undefined;
  readonly #pending = new PendingLoad();
  /** Its resident memory when it was last read. */
  #rss = 0;
  #isShortTold = false;
  readonly #refusals = new RefusalNotices((text) => this.#tell('info', text));

  constructor(effects: ProductionWorkerEffects) {
    this.#effects = effects;
    Object.defineProperty(globalThis, VITALS, { value: () => this.#vitals() });
  }

  get openRequests(): number {
    return this.#server?.openRequests ?? 0;
  }

  receive(message: ToWorker, handle?: unknown): void {
    switch (message.type) {
      case 'serve':
        void this.#serve(message);
        return;
      case 'overdue':
        this.#pending.onOverdue(message.bootTimeoutMs);
        return;
      case 'refuse':
        void this.#refuse(message);
        return;
      case 'listen':
        // If the message has no handle, the arbiter accepts the connections and sends them.
        if (handle)
          void this.#server!.listen(handle as NetServer, message.backlog).catch((error) =>
            this.#warn(String(error)),
          );
        return;
      case 'rest':
        this.#server!.stopListening();
        return;
      case 'shed':
        this.#server!.shed(message.connections);
        return;
      case 'accepted':
        this.#effects.send({ type: 'taken' });
        // Undefined if the client has disconnected while its connection was being sent.
        if (handle) this.#server!.accept(handle as Socket);
        return;
      case 'reopen-logs':
        this.#accessLog?.reopen();
        return;
      case 'injected':
        this.#effects.send({ type: 'taken' });
        if (handle) this.#inner!.accept(handle as Socket);
    }
  }

  onPing(): void {
    this.#tellVitals();
  }

  onTerm(): void {
    this.#effects.send({ type: 'term' });
  }

  onExiting(): void {
    this.#tellVitals();
  }

  async drain(timeoutMs: number): Promise<void> {
    const options = { timeoutMs, graceMs: Math.min(IDLE_GRACE_MS, timeoutMs / 2) };
    await Promise.all([this.#server?.close(options), this.#inner?.close(options)]);
  }

  async onDrained(signal: StopSignal): Promise<void> {
    await this.#hooks?.end(signal);
  }

  async #serve(orders: Serve): Promise<void> {
    try {
      await this.#pending.finish(this.#load(orders));
      this.#tellVitals(); // Sent now, since the worker may be killed before the next question.
      this.#effects.send({ type: 'ready' });
    } catch (error) {
      this.#effects.send({ type: 'ready', failure: toFailure(error) });
    }
  }

  async #refuse(orders: WorkerOrders): Promise<void> {
    assumeIdentity(orders.identity);
    this.#server = await createServer(refuseAll, orders, this.#serverOptions(orders));
    this.#effects.send({ type: 'ready' });
  }

  async #load(orders: Serve): Promise<void> {
    const { options: site, hooksFile, warmup, allowDebug, identity } = orders;
    assumeIdentity(identity);
    enterSite(site);
    if (!allowDebug) forbidDebugPages();
    const runtime = new SiteRuntime(site.root, () => {});
    const loader = runtime.install([]);
    this.#pending.loader = loader;
    if (hooksFile !== undefined) {
      this.#pending.step = 'The hook postFork has not settled';
      this.#hooks = await SiteHooks.load(loader, hooksFile, orders, (text) => this.#warn(text));
      this.#pending.step = SITE_STEP;
    }
    let hosts: readonly string[] = [];
    let forceScriptName: string | undefined;
    const loaded = await loadApplication(loader, site.settings, {
      ...site,
      onSettings: ({ values }) => {
        hosts = values.ALLOWED_HOSTS;
        forceScriptName = values.FORCE_SCRIPT_NAME ?? undefined;
        if (values.SECRET_KEY === '' && !values.DEBUG) this.#warn(noKeyWarning(site.settings));
      },
    });
    const application = this.#hooks?.wrap(loaded.application) ?? loaded.application;
    for (const note of loaded.notes) this.#warn(note);
    if (loaded.debug) this.#warn(debugWarning(site.settings, allowDebug));
    const { websocket } = loaded;
    const options = { ...this.#serverOptions(orders), forceScriptName, websocket };
    this.#server = await createServer(application, orders, options);
    this.#inner = createHttpServer(application, { keepAlive: false });
    await warmUp(this.#inner, warmup, hosts, (path) => {
      this.#pending.step = `The warm-up request GET ${path} has not been answered`;
    });
    setTimeout(() => {
      runtime.saveCache();
      this.#effects.saveCode();
    }, SAVE_DELAY_MS).unref();
  }

  #serverOptions({ accessLog }: WorkerOrders) {
    const log = accessLog && createAccessLog({ ...accessLog, onTrouble: (text) => this.#warn(text) });
    this.#accessLog = log;
    return {
      onResponse: this.#hooks?.watch(log?.log) ?? log?.log,
      onConnection: () => this.#accepts.count(),
      onMaxRequests: () => this.#tellVitals(),
      onCut: () => this.#tellCut(),
      onClientError: (record: ClientErrorRecord) => this.#refusals.add(clientErrorNotice(record)),
    };
  }

  #warn(text: string): void {
    this.#tell('warning', text);
  }

  #tell(level: 'info' | 'warning', text: string): void {
    this.#effects.send({ type: 'notice', level, text });
  }

  #tellCut(): void {
    const { openRequests, inHand } = this.#vitals();
    const lines = requestLines(inHand, openRequests);
    this.#warn([`Requests that were cut as their worker ended: ${openRequests}`, ...lines].join('\n'));
  }

  #tellVitals(): void {
    this.#effects.send({ type: 'vitals', vitals: this.#vitals() });
  }

  /**
   * The system must read a file for this. Clients can prevent that by opening as many connections as the process may
   * have files.
   */
  #residentMemory(): number {
    try {
      this.#rss = process.memoryUsage.rss();
    } catch (error) {
      const isShort = (error as NodeJS.ErrnoException).code === 'EMFILE';
      if (isShort && !this.#isShortTold) this.#warn(NO_DESCRIPTORS);
      this.#isShortTold ||= isShort;
    }
    return this.#rss;
  }

  #vitals(): Vitals {
    const { used_heap_size: heapUsed, heap_size_limit: heapLimit } = getHeapStatistics();
    const { endedRequests = 0, openRequests = 0, connections = 0 } = this.#server ?? {};
    const inHand = this.#server?.requestsInHand(MOST_SHOWN_REQUESTS) ?? [];
    const rss = this.#residentMemory();
    return { requests: endedRequests, openRequests, connections, rss, heapUsed, heapLimit, inHand };
  }
}

const NO_DESCRIPTORS =
  'No file descriptor is left (EMFILE), so that new connections are closed, and files cannot be opened. ' +
  'Raise the limit: "ulimit -n", or LimitNOFILE= of systemd.';

function noKeyWarning(settings: string): string {
  return `SECRET_KEY is empty in ${settings}: code that reads it fails. Set its environment variable.`;
}

function debugWarning(settings: string, allowDebug: boolean): string {
  const what = allowDebug
    ? 'errors show source and settings to everybody, since --allow-debug was given'
    : 'no debug page is shown, but the site may show internal data';
  return `DEBUG is true in ${settings}: ${what}. Set it to false in production.`;
}
