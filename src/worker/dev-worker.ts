import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { LoadedSettings } from '../conf/load.ts';
import { describeThrown, isError, readText } from '../errors.ts';
import { type AccessSettings, accessOf, factsRule, UNKNOWN_ACCESS } from '../handler/page-access.ts';
import { listURLs } from '../handler/urls/list-urls.ts';
import { nativeImport } from '../loader/native-import.ts';
import { formatAccess } from '../servers/access-log.ts';
import { clientErrorNotice } from '../servers/client-error-notice.ts';
import { createHttpServer, type HttpServer } from '../servers/http.ts';
import { logEntry } from '../wsgi/printable.ts';
import type { WSGIApplication } from '../wsgi/types.ts';
import { toFailure } from './failure.ts';
import { failureApplication } from './failure-application.ts';
import { type LivePageOptions, livePages } from './live-page.ts';
import { loadApplication } from './load-application.ts';
import type { Heritage, SiteOptions, ToArbiter, ToWorker } from './messages.ts';
import { Runtime } from './runtime.ts';
import { validated } from './validated.ts';

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

const INSPECTOR_RETRY_MS = 20;
const INSPECTOR_TIMEOUT_MS = 2_000;

const NO_HERITAGE: Heritage = { packages: [], entries: [] };

/** The child's side of the development server: loads the site once, and serves the connections that it is handed. */
export class DevWorker {
  readonly #effects: WorkerEffects;
  #runtime: Runtime | undefined;
  #server: HttpServer | undefined;
  #isRetired = false;
  #isInspected = false;
  #codeSaving: NodeJS.Timeout | undefined;

  constructor(effects: WorkerEffects) {
    this.#effects = effects;
  }

  receive(message: ToWorker, socket?: Socket): void {
    switch (message.type) {
      case 'warm':
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
        return;
      case 'close-inspector':
        void closeInspector(process.debugPort);
        return;
      case 'show-urls':
        this.#effects.send({ type: 'notice', text: listURLs().join('\n') || 'The site has no URLs.' });
        return;
      case 'retire':
        this.#retire();
    }
  }

  /** An error that nothing caught, from a timer or a promise. */
  reportStray(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
    const what = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
    const text = isError(error) ? readText(error, 'stack') : describeThrown(error);
    this.#effects.writeError(
      `${what} (the site goes on, in production its process would end):\n${logEntry(text)}\n`,
    );
  }

  /** The process is about to end. If it was not us who asked for it, the stack says who did. */
  reportExit(code: number): void {
    if (this.#isRetired) return;
    this.#effects.send({ type: 'exiting', code, stack: String(new Error(`process.exit(${code})`).stack) });
  }

  async #activate({
    site,
    touched,
    failure,
    live,
    access: lastAccess = UNKNOWN_ACCESS,
  }: Activation): Promise<void> {
    const { send, env } = this.#effects;
    process.chdir(site.root);
    env.DJANGO_SETTINGS_MODULE = site.settings;
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
      send({ type: 'ready', heritage: loader.heritage, access });
    } catch (error) {
      const broken = toFailure(error);
      this.#serve(failureApplication(broken, access), { site, live, access });
      send({ type: 'ready', failure: broken, heritage: NO_HERITAGE, access });
    }
    globalThis.setTimeout(() => runtime.saveCache(), SAVE_DELAY_MS).unref();
  }

  #createRuntime(root: string, isInspected: boolean): Runtime {
    return new Runtime(root, (files) => this.#effects.send({ type: 'files', ...files }), { isInspected });
  }

  #serve(application: WSGIApplication, { site, live, access }: Serving): void {
    const { send, saveCode } = this.#effects;
    const served = live ? livePages(application, live, factsRule(access)) : application;
    this.#server = createHttpServer(served, {
      // Every request shall pass the arbiter's gate, so that none is answered by code that is out of date.
      keepAlive: false,
      ...site.limits,
      serverName: site.serverName,
      serverPort: site.serverPort,
      onResponse: (record) => {
        send({ type: 'request', line: formatAccess(record, new Date()) });
        this.#codeSaving ??= globalThis.setTimeout(saveCode, SAVE_CODE_DELAY_MS).unref();
      },
      onClientError: (record) => send({ type: 'notice', text: clientErrorNotice(record) }),
    });
  }

  #retire(): void {
    this.#isRetired = true;
    if (this.#isInspected) void closeInspector();
    const leave = () => this.#effects.exit(0);
    if (this.#server === undefined) leave();
    else void this.#server.close().then(leave);
  }
}

/** The last worker gives the port up as it retires, which may be a moment from now. */
async function openInspector(address: string, writeError: (text: string) => void): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  const colon = address.lastIndexOf(':');
  const deadline = Date.now() + INSPECTOR_TIMEOUT_MS;
  for (;;) {
    inspector.open(Number(address.slice(colon + 1)), address.slice(0, colon));
    const url = inspector.url();
    if (url !== undefined) writeError(`Debugger listening on ${url}\n`);
    if (url !== undefined || Date.now() > deadline) return;
    await setTimeout(INSPECTOR_RETRY_MS);
  }
}

/** @param port Only if it listens there: elsewhere it is not ours to close. */
async function closeInspector(port?: number): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  if (port === undefined || inspector.url()?.includes(`:${port}/`)) inspector.close();
}
