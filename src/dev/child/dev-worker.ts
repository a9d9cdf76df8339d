import type { Socket } from 'node:net';
import type { LoadedSettings } from '../../conf/load.ts';
import { type AccessSettings, accessOf, factsRule, UNKNOWN_ACCESS } from '../../handler/page-access.ts';
import { listURLs } from '../../handler/urls/list-urls.ts';
import type { HttpServer } from '../../servers/http.ts';
import { toFailure } from '../../worker/failure.ts';
import { closeInspector, openInspector } from '../../worker/inspection/inspector.ts';
import { loadApplication } from '../../worker/load-application.ts';
import type { Heritage, SiteOptions, ToArbiter, ToWorker } from '../../worker/messages.ts';
import { enterSite, type SiteReport, siteServer } from '../../worker/serve-site.ts';
import { SiteRuntime } from '../../worker/site-runtime.ts';
import { HANDLERS_TIMEOUT_MS, runHandlers, siteHandlers } from '../../worker/stop.ts';
import { describeStack, describeStray } from '../../worker/stray-error.ts';
import { validated } from '../../worker/validated.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { failureApplication } from './failure-application.ts';
import { holdsExclusively, isPortTaken } from './holdings.ts';
import { type LivePageOptions, livePages } from './live-page.ts';

export interface WorkerEffects {
  send(message: ToArbiter): void;
  exit(code: number): void;
  readonly env: NodeJS.ProcessEnv;
  writeError(text: string): void;
  /** Keeps what has been compiled of our own modules for the next process; it takes some milliseconds. */
  saveCode(): void;
}

type Activation = Extract<ToWorker, { type: 'activate' }>;

interface Serving {
  readonly site: SiteOptions;
  readonly live: LivePageOptions | undefined;
  readonly access: AccessSettings;
}

/** The first requests come before the cache, which only the next process needs. */
const SAVE_DELAY_MS = 30;

/** By then the first requests have run what most requests run, and nobody waits. */
const SAVE_CODE_DELAY_MS = 1_000;

/** How soon a retired worker says that it has let go of a port, while the site's handlers run. */
const LET_GO_POLL_MS = 20;

/** The exit code of a process that was aborted, to a shell. */
const ABORTED = 134;

const NO_HERITAGE: Heritage = { packages: [], entries: [] };

/** The child's side of the development server: loads the site once, and serves the connections that it is handed. */
export class DevWorker {
  readonly #effects: WorkerEffects;
  #runtime: SiteRuntime | undefined;
  #server: HttpServer | undefined;
  #isRetired = false;
  #isHolding = false;
  #isInspected = false;
  #codeSaving: NodeJS.Timeout | undefined;

  constructor(effects: WorkerEffects) {
    this.#effects = effects;
  }

  receive(message: ToWorker, socket?: Socket): void {
    switch (message.type) {
      case 'warm':
        process.chdir(message.root); // Packages may look around when they are loaded.
        this.#runtime = this.#createRuntime(message.root, message.isInspected);
        void this.#runtime.warm(message.heritage);
        return;
      case 'activate':
        void this.#activate(message);
        return;
      case 'connection':
        // Runs when the request has begun, whatever that comes to.
        setImmediate(() => this.#effects.send({ type: 'free' }));
        // Undefined when the client has gone while its connection was on the way.
        if (socket) this.#server!.accept(socket, Buffer.from(message.head, 'latin1'));
        return;
      case 'ping':
        this.#effects.send({ type: 'pong', openRequests: this.#server?.openRequests ?? 0 });
        this.#tellHolding();
        return;
      case 'close-inspector':
        void closeInspector(process.debugPort);
        return;
      case 'show-urls':
        this.#effects.send({ type: 'notice', text: listURLs().join('\n') || 'The site has no URLs.' });
        return;
      case 'retire':
        void this.#retire(message);
    }
  }

  /** An error that nothing caught, from a timer or a promise. */
  reportStray(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
    const text = describeStray(error, origin);
    if (isPortTaken(error)) this.#effects.send({ type: 'port-taken', text });
    else this.#effects.writeError(`${text}\n`);
  }

  /** The process is about to end. If it was not us who asked for it, the stack says who did. */
  reportExit(code: number): void {
    if (this.#isRetired) return;
    this.#effects.send({ type: 'exiting', code, stack: String(new Error(`process.exit(${code})`).stack) });
  }

  /** The site aborts the process, for which there is no event. */
  reportAbort(): void {
    this.#effects.send({ type: 'exiting', code: ABORTED, stack: String(new Error('process.abort()').stack) });
  }

  /** The arbiter is gone. Handlers of SIGTERM are called by the system: the arbiter's reaper sends that. */
  orphaned(): void {
    const hasHandlers = siteHandlers('SIGTERM').length > 0;
    if (!this.#isRetired && hasHandlers) setTimeout(() => this.#effects.exit(0), HANDLERS_TIMEOUT_MS);
    else if (!this.#isRetired) this.#effects.exit(0);
  }

  async #activate({
    site,
    touched,
    failure,
    live,
    access: lastAccess = UNKNOWN_ACCESS,
  }: Activation): Promise<void> {
    const { send, env } = this.#effects;
    enterSite(site, env);
    if (site.inspect !== undefined) {
      this.#isInspected = true;
      void openInspector(site.inspect, this.#effects.writeError);
    }
    if (failure !== undefined) {
      this.#serve(failureApplication(failure, lastAccess), { site, live, access: lastAccess });
      send({ type: 'ready', failure, heritage: NO_HERITAGE, access: lastAccess });
      return;
    }
    const runtime = this.#runtime ?? this.#createRuntime(site.root, this.#isInspected);
    const loader = runtime.install(touched);
    let access = lastAccess;
    const onSettings = ({ values }: LoadedSettings) => {
      access = accessOf(values);
    };
    try {
      const { application, debug, notes } = await loadApplication(loader, site.settings, {
        ...site,
        onSettings,
      });
      const notice = (text: string) => send({ type: 'notice', text });
      if (debug) this.#serve(validated(application, notice), { site, live, access });
      else this.#serve(application, { site, live: undefined, access });
      for (const text of notes) notice(text);
      this.#tellHolding();
      send({ type: 'ready', heritage: loader.heritage, access });
    } catch (error) {
      const broken = toFailure(error);
      this.#serve(failureApplication(broken, access), { site, live, access });
      this.#tellHolding();
      const isTaken = isPortTaken(error);
      send({ type: 'ready', failure: broken, heritage: NO_HERITAGE, access, isPortTaken: isTaken });
    }
    setTimeout(() => {
      runtime.saveCache();
      this.#tellHolding();
    }, SAVE_DELAY_MS).unref();
  }

  #createRuntime(root: string, isInspected: boolean): SiteRuntime {
    return new SiteRuntime(root, (files) => this.#effects.send({ type: 'files', ...files }), { isInspected });
  }

  #serve(application: WSGIApplication, { site, live, access }: Serving): void {
    const { send, saveCode } = this.#effects;
    const served = live ? livePages(application, live, factsRule(access)) : application;
    const report: SiteReport = {
      onRequest: (line) => {
        send({ type: 'request', line });
        this.#codeSaving ??= setTimeout(saveCode, SAVE_CODE_DELAY_MS).unref();
      },
      onNotice: (text) => send({ type: 'notice', text }),
    };
    // Every request shall pass the arbiter's gate, so that none is answered by code that is out of date.
    this.#server = siteServer(served, site, report, {
      keepAlive: false,
    });
  }

  async #retire({ drainMs, signal }: Extract<ToWorker, { type: 'retire' }>): Promise<void> {
    const { send, exit, writeError } = this.#effects;
    send({ type: 'retiring' });
    const drained = this.#server?.close({ timeoutMs: drainMs });
    if (this.#isRetired) return; // It was to be sooner.
    this.#isRetired = true;
    if (this.#isInspected) void closeInspector();
    await drained;
    setInterval(() => this.#tellHolding(), LET_GO_POLL_MS).unref();
    await runHandlers(siteHandlers(signal), signal, (error) => writeError(`${describeStack(error)}\n`));
    exit(0);
  }

  /** The next worker may have to wait for this. */
  #tellHolding(): void {
    const isHolding = holdsExclusively();
    if (isHolding === this.#isHolding) return;
    this.#isHolding = isHolding;
    this.#effects.send({ type: 'holding', isHolding });
  }
}
