import type { Socket } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import type { LoadedSettings } from '../../conf/load.ts';
import { accessOf, factsRule, UNKNOWN_ACCESS } from '../../handler/errors/page-access.ts';
import type { Heritage, SiteLoader } from '../../loader/site-loader.ts';
import type { Server } from '../../servers/server.ts';
import { showErrorsOnTerminal } from '../../worker/errors/terminal-error.ts';
import { toFailure } from '../../worker/failure.ts';
import { closeInspector, openInspector } from '../../worker/inspection/inspector.ts';
import type { Failure } from '../../worker/messages.ts';
import { SAVE_CODE_DELAY_MS } from '../../worker/own-code.ts';
import { enterSite, type SiteReport, serveSite, siteServer } from '../../worker/site/serve-site.ts';
import type { SiteOptions } from '../../worker/site/site-options.ts';
import { SiteRuntime } from '../../worker/site/site-runtime.ts';
import type { WorkerSite } from '../../worker/worker-process.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { AbandonedRequests } from '../abandoned-requests.ts';
import { LastAnswers, siteExit } from '../last-answers.ts';
import { loggedRequest } from '../logged-request.ts';
import type { ToArbiter, ToWorker } from '../messages.ts';
import type { LoggedRequest } from '../request-line.ts';
import { failureApplication } from './failure-application.ts';
import { HeldConnections } from './held-connections.ts';
import { holdsExclusively, isPortTaken, linger } from './holdings.ts';
import { IdleChecks } from './idle-checks.ts';
import { LiveEvents } from './live-events.ts';
import { livePages } from './live-page.ts';
import { offerEditor } from './offer-editor.ts';
import { rehearse, rehearseErrorPage } from './rehearse.ts';
import { Stylesheets } from './stylesheets.ts';
import { urlTable } from './url-table.ts';

interface DevWorkerEffects {
  send(message: ToArbiter): void;
  writeError(text: string): void;
  /** Saves the compiled code of our own modules for the next process. It takes some milliseconds. */
  saveCode(): void;
}

type Activation = Extract<ToWorker, { type: 'activate' }>;

/** The first requests have priority over the code cache, which only the next process needs. */
const SAVE_DELAY_MS = 30;

/** A load may begin in this time, and has priority. */
const ERROR_PAGE_DELAY_MS = 300;

/** The interval at which a retired worker checks whether its port is free, while the site's handlers run. */
const LET_GO_POLL_MS = 20;

const NO_HERITAGE: Heritage = { packages: [], entries: [] };

/** A worker of the development server. It loads the site once, and serves the connections that it receives. */
export class DevWorker implements WorkerSite<ToWorker> {
  readonly #effects: DevWorkerEffects;
  readonly #report: SiteReport;
  readonly #liveEvents = new LiveEvents();
  readonly #stylesheets = new Stylesheets(() => {
    this.#liveEvents.announceStyles();
    this.#effects.send({ type: 'styles-changed' });
  });
  #runtime: SiteRuntime | undefined;
  #server: Server | undefined;
  #access = UNKNOWN_ACCESS;
  #isHolding = false;
  #liveOptions: Activation['live'];
  #isLogStructured = false;
  readonly #held: HeldConnections;
  readonly #lastAnswers = new LastAnswers();
  readonly #abandoned = new AbandonedRequests((facts) => this.#logRequest(facts));
  #root = '';
  #isInspected = false;
  #checks: IdleChecks | undefined;
  #codeSaving: NodeJS.Timeout | undefined;
  /** The log entries of requests that were answered in this turn of the event loop. */
  #answered: LoggedRequest[] = [];
  #letGoPoll: NodeJS.Timeout | undefined;

  constructor(effects: DevWorkerEffects) {
    this.#effects = effects;
    const { send, saveCode } = effects;
    this.#held = new HeldConnections(send);
    this.#report = {
      onResponse: (record, error) => {
        if (this.#abandoned.has(record.environ)) return;
        this.#logRequest(loggedRequest(record, error));
        this.#codeSaving ??= setTimeout(saveCode, SAVE_CODE_DELAY_MS).unref();
      },
      onNotice: (text, isOnce) => send({ type: 'notice', text, isOnce }),
    };
  }

  get openRequests(): number {
    return this.#server?.openRequests ?? 0;
  }

  receive(message: ToWorker, handle?: unknown): void {
    switch (message.type) {
      case 'warm':
        // Packages may read files of the root when they are loaded. If the folder cannot be entered, the load reports
        // it.
        if (failureOf(() => process.chdir(message.root)) !== undefined) return;
        void this.#warm(this.#createRuntime(message.root, message.isInspected), message.heritage);
        return;
      case 'activate':
        void this.#activate(message);
        return;
      case 'connection':
        this.#held.add(handle as Socket | undefined);
        // This runs after the request has begun. Most requests then have a response, so one message reports both.
        setImmediate(() => this.#effects.send({ type: 'free', answered: this.#answered.splice(0) }));
        // Undefined when the client has disconnected before its connection arrived.
        if (handle) this.#server!.accept(handle as Socket, Buffer.from(message.head, 'latin1'));
        return;
      case 'show-urls':
        this.#effects.send({ type: 'urls', text: urlTable() || 'The site has no URLs.' });
    }
  }

  /** Sends the collected log entries. It is called at the end of the process at the latest. */
  tellAnswered(): void {
    const answered = this.#answered.splice(0);
    if (answered.length > 0) this.#effects.send({ type: 'answered', answered });
  }

  /** With TLS, the arbiter cannot answer for this process. */
  onExiting(code: number, stack: string): void {
    const failure = siteExit(code, stack, this.#root);
    if (failure !== undefined)
      this.#answered.push(
        ...this.#lastAnswers.answer(failure, factsRule(this.#access), { live: this.#liveOptions }),
      );
    this.tellAnswered();
  }

  onPing(): void {
    this.#tellHolding();
  }

  onStray(error: unknown, text: string): void {
    if (isPortTaken(error)) this.#effects.send({ type: 'port-taken', text: stripVTControlCharacters(text) });
    else if (this.#isLogStructured) this.#effects.send({ type: 'notice', text });
    else this.#effects.writeError(`${text}\n`);
  }

  async drain(timeoutMs: number): Promise<void> {
    process.off('exit', linger);
    if (timeoutMs > 0) process.on('exit', linger); // Another load begins now.
    if (this.#isInspected) void closeInspector();
    this.#stylesheets.close();
    this.#checks?.close();
    this.#liveEvents.close();
    await this.#server?.close({ timeoutMs });
    this.#letGoPoll ??= setInterval(() => this.#tellHolding(), LET_GO_POLL_MS).unref();
  }

  async #warm(runtime: SiteRuntime, heritage: Heritage): Promise<void> {
    this.#runtime = runtime;
    await runtime.warm(heritage);
    // If a process cannot connect to itself, only its first requests are slower.
    if (!runtime.isInUse) await rehearse(() => runtime.isInUse).catch(() => {});
    setTimeout(() => {
      if (!runtime.isInUse) rehearseErrorPage(() => runtime.isInUse).catch(() => {});
    }, ERROR_PAGE_DELAY_MS).unref();
  }

  async #activate(activation: Activation): Promise<void> {
    const { site, touched, access = UNKNOWN_ACCESS } = activation;
    const { send, writeError } = this.#effects;
    this.#access = access;
    this.#root = site.root;
    this.#liveOptions = activation.live;
    this.#isLogStructured = site.keepsErrors === true;
    showErrorsOnTerminal(site.errorStyle);
    const entryFailure = failureOf(() => enterSite(site));
    const failure = activation.failure ?? entryFailure;
    if (site.inspect !== undefined) {
      this.#isInspected = true;
      void openInspector(site.inspect, {
        onOpened: (url) => writeError(`Debugger listening on ${url}\n`),
        onTaken: (text) => writeError(`${text}\n`),
      });
    }
    if (failure !== undefined) {
      this.#serveFailure(failure, activation);
      send({ type: 'ready', failure, heritage: NO_HERITAGE, access });
      return;
    }
    const runtime = this.#runtime ?? this.#createRuntime(site.root, this.#isInspected);
    await this.#load(runtime.install(touched), activation);
    setTimeout(() => {
      runtime.saveCache();
      this.#tellHolding();
    }, SAVE_DELAY_MS).unref();
  }

  async #load(loader: SiteLoader, activation: Activation): Promise<void> {
    const { send } = this.#effects;
    let loaded: LoadedSettings | undefined;
    try {
      this.#server = await serveSite(loader, activation.site, this.#report, {
        onSettings: (settings) => {
          loaded = settings;
          this.#access = accessOf(settings.values);
        },
        wrap: (application) => this.#live(application, activation),
        watch: (application) => this.#watch(application, activation),
        keepAlive: false, // so that every request passes the arbiter's gate, and none is answered by outdated code
      });
      this.#tellHolding();
      send({ type: 'ready', heritage: loader.heritage, access: this.#access });
      this.#checkLater(activation.site, loaded!);
    } catch (error) {
      const failure = toFailure(error);
      this.#serveFailure(failure, activation);
      this.#tellHolding();
      const access = this.#access;
      send({ type: 'ready', failure, heritage: NO_HERITAGE, access, isPortTaken: isPortTaken(error) });
    }
  }

  #logRequest(facts: LoggedRequest): void {
    if (facts.target === this.#liveOptions?.path) return; // The arbiter does not log these requests either.
    if (this.#answered.push(facts) === 1) setImmediate(() => this.tellAnswered());
  }

  #checkLater({ root, skipChecks }: SiteOptions, settings: LoadedSettings): void {
    if (skipChecks) return;
    this.#checks = new IdleChecks({
      root,
      settings,
      isBusy: () => this.openRequests > 0,
      onFindings: (findings) => this.#effects.send({ type: 'findings', findings }),
      onNotice: (text) => this.#effects.send({ type: 'notice', text }),
    });
  }

  #createRuntime(root: string, isInspected: boolean): SiteRuntime {
    return new SiteRuntime(root, (files) => this.#effects.send({ type: 'files', ...files }), { isInspected });
  }

  #serveFailure(failure: Failure, activation: Activation): void {
    const page = this.#live(failureApplication(failure, this.#access), activation);
    this.#server = siteServer(this.#watch(page, activation), activation.site, this.#report, {
      keepAlive: false,
    });
  }

  #live(given: WSGIApplication, { live, site }: Activation): WSGIApplication {
    const isMeant = factsRule(this.#access);
    const { editorAction, tls } = site;
    // The arbiter opens editors. With TLS it sees no requests.
    const application = editorAction && !tls ? offerEditor(given, editorAction, isMeant) : given;
    if (live === undefined) return application;
    const onForbidden = (text: string) => this.#effects.send({ type: 'notice', text, isOnce: true });
    const pages = this.#stylesheets.watch(livePages(application, live, isMeant, onForbidden));
    return tls === undefined ? pages : this.#liveEvents.serve(pages, live, isMeant);
  }

  #watch(given: WSGIApplication, { site }: Activation): WSGIApplication {
    const application = this.#abandoned.watch(given);
    return site.tls
      ? this.#lastAnswers.watch(application)
      : this.#held.watch(application, factsRule(this.#access));
  }

  /** Tells the arbiter whether this process holds a resource that the next worker must wait for. */
  #tellHolding(): void {
    const isHolding = holdsExclusively();
    if (isHolding === this.#isHolding) return;
    this.#isHolding = isHolding;
    this.#effects.send({ type: 'holding', isHolding });
  }
}

/** The error of an operation on a folder that may have been removed, or that this user may not enter. */
function failureOf(act: () => void): Failure | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}
