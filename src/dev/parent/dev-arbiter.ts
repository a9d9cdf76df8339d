import type { SiteOptions } from '../../worker/site/site-options.ts';
import type { StopSignal } from '../../worker/stop.ts';
import { ChangeWatch, type ChangeWatchOptions } from '../changes/change-watch.ts';
import type { MessageOf, ToArbiter } from '../messages.ts';
import type { TypeWatch } from '../types/type-watch.ts';
import { Announcements } from './announcements.ts';
import type { DevReport } from './dev-report.ts';
import type { DevWorkerHandle } from './dev-worker-handle.ts';
import type { EditorRequests } from './endpoints/editor-requests.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { listenWithEndpoints } from './endpoints/listen-with-endpoints.ts';
import type { LiveReload } from './endpoints/live-reload.ts';
import type { FirstBytesListener } from './first-bytes-listener.ts';
import { Gate } from './gate.ts';
import { Hangs } from './hangs.ts';
import type { Load } from './load.ts';
import { Loads } from './loads.ts';
import { OutdatedLoad } from './outdated-load.ts';

interface DevArbiterOptions extends ChangeWatchOptions {
  readonly spawnWorker: () => DevWorkerHandle;
  /** Reports new loads to open pages. @default pages are not reloaded */
  readonly liveReload?: LiveReload;
  /** Opens places from error pages in an editor. @default error pages have no buttons for that */
  readonly editor?: EditorRequests;
  readonly report: DevReport;
  /** Checks types, starting with the first load. @default types are not checked */
  readonly types?: Pick<TypeWatch, 'loaded' | 'pause' | 'resume' | 'close'>;
  /** Called when a worker process has ended directly after its start. */
  readonly onBrokenStart?: () => void;
}

/**
 * The parent process of the development server. It accepts connections, watches files and decides. User code runs only in its
 * workers. The gate dispatches every connection to the newest load, after a check that the load is up to date.
 */
export class DevArbiter {
  readonly listener: FirstBytesListener;
  readonly #options: DevArbiterOptions;
  readonly #changes: ChangeWatch;
  readonly #gate: Gate;
  readonly #loads: Loads;
  readonly #hangs: Hangs;
  readonly #outdated: OutdatedLoad;
  readonly #endpoints: readonly Endpoint[];
  readonly #announcements: Announcements;

  constructor(options: DevArbiterOptions) {
    const { editor, liveReload, report } = options;
    this.#options = options;
    this.#endpoints = [liveReload, editor].filter((endpoint) => endpoint !== undefined);
    this.#announcements = new Announcements(report, liveReload);
    this.#loads = new Loads({
      ...options,
      onBegin: () => {
        this.#outdated.reset();
        this.#changes.begin();
        options.types?.pause();
      },
      onActivate: (load, worker) => this.#onActivate(load, worker),
      onRetire: (worker) => this.#hangs.forget(worker),
      onLost: (load, failure) => {
        this.#announcements.lost(load, failure, this.#gate.isWaitedFor);
        this.#gate.dispatch();
      },
      onMessage: (message, worker) => this.#onMessage(message, worker),
      onReturned: (connection) => this.#gate.admit(connection),
    });
    this.listener = listenWithEndpoints(this.#endpoints, (connection) => this.#gate.admit(connection));
    this.#changes = new ChangeWatch(options, {
      onTouched: (files) => this.#loads.spare?.touch(files),
      onStale: (changed) => this.#outdated.settle(changed),
      onFresh: () => this.#gate.dispatch(),
      onSelfWritten: (files) => this.#announcements.selfWritten(files, this.#loads.site.root),
      onNotice: (text) => report.onNotice(text),
    });
    this.#gate = new Gate({
      look: () => this.#changes.look(),
      provideWorker: (isWaitedFor) => this.#provideWorker(isWaitedFor),
      findLoaded: (after) => this.#loads.current!.answering(after),
      onFreshAnswer: () => this.#changes.answered(),
      onDispatch: (worker) => this.#hangs.watch(worker),
    });
    this.#outdated = new OutdatedLoad(this.#loads, this.#gate, () => this.#changes.settleUnasked());
    this.#hangs = new Hangs(this.#loads, report, (late, failure) => {
      if (this.#changes.settle()) this.#loads.begin(late.changed, { failure, late });
    });
  }

  /** All worker processes. They may be killed: the next request, or a waiting one, starts another worker. */
  get workers(): Loads['workers'] {
    return this.#loads.workers;
  }

  /** Loads the site for the first time, in a worker that may already be starting. */
  start(site: SiteOptions, first: DevWorkerHandle): void {
    this.#loads.start(site, first);
  }

  /** Loads the site again, also without a change. */
  reload(): void {
    if (!this.#loads.isClosed) this.#loads.begin([]);
  }

  /** Reports the site's URLs as soon as they are loaded. */
  showUrls(): void {
    this.#announcements.showUrls(this.#loads.current!);
  }

  /**
   * Stops listening and ends every worker, with its requests in flight. The site's handlers of the signal run. Resolved
   * when all processes have ended.
   */
  close(signal: StopSignal = 'SIGTERM'): Promise<void> {
    const ended = this.#loads.close(signal);
    this.#outdated.reset();
    this.#hangs.close();
    this.#changes.close();
    this.listener.close();
    this.#options.liveReload?.close();
    this.#options.types?.close();
    this.#gate.close();
    return ended;
  }

  /** Returns the worker of the newest load if that load is ready and up to date. Otherwise a new load begins. */
  #provideWorker(isWaitedFor: boolean): DevWorkerHandle | undefined {
    const { current, isClosed } = this.#loads;
    if (isClosed || current === undefined) return undefined;
    if (current.state !== 'lost')
      return this.#changes.settle() && current.state === 'ready' ? current.worker : undefined;
    if (isWaitedFor) this.#loads.begin([], current.retry);
    return undefined;
  }

  #onActivate(load: Load, worker: DevWorkerHandle): void {
    this.#changes.started();
    // `ignored`: a file there may have changed without an event.
    load.touched = new Set([...worker.touched, ...load.changed, ...this.#changes.ignored]);
    for (const files of worker.ahead) this.#onFiles(files, load);
    this.#hangs.watchLoad(load, worker);
  }

  #onMessage(message: ToArbiter, worker: DevWorkerHandle): void {
    const load = this.#loads.loadOf(worker);
    const isNewest = load !== undefined && load === this.#loads.current;
    this.#announcements.pass(message, isNewest);
    if (isNewest && 'answered' in message && message.answered.length > 0) this.#options.types?.resume();
    switch (message.type) {
      case 'files':
        if (load) this.#onFiles(message, load);
        else if (worker === this.#loads.spare) worker.ahead.push(message);
        return;
      case 'ready':
        if (load) this.#onReady(load, message);
        return;
      case 'port-taken':
        if (!isNewest || !this.#loads.retryAfterOthers()) this.#options.report.onNotice(message.text);
        return;
      case 'free':
        worker.isFree = true;
        if (!isNewest) return;
        this.#gate.dispatchSoon();
        this.#outdated.settleIfDone();
        return;
      case 'pong':
        this.#hangs.answered(worker, message.openRequests);
    }
  }

  #onFiles(read: MessageOf<'files'>, load: Load): void {
    this.#changes.add(load.note(read), read.since);
    this.#gate.forgetCheck();
    if (this.#loads.current!.state === 'ready') this.#changes.watch();
  }

  #onReady(load: Load, { failure, heritage, access, isPortTaken }: MessageOf<'ready'>): void {
    this.#hangs.loaded(load.worker!);
    if (load === this.#loads.late) this.#loads.takeOver();
    if (isPortTaken && this.#loads.retryAfterOthers()) return;
    this.#loads.access = access ?? this.#loads.access;
    load.end(failure === undefined);
    this.#changes.ended({ hasFailed: !load.isSound });
    // A load may fail because a file was only half written. Such a load is repeated instead of reported.
    const isAnswer = this.#outdated.isAnswer(load);
    if (!load.isSound && !isAnswer && !this.#changes.settle() && load !== this.#loads.current) return;
    if (load.isSound) {
      this.#outdated.soundLoadMs = load.ms;
      this.#changes.retain(load.files);
      this.#loads.heritage = heritage;
    }
    for (const endpoint of this.#endpoints) endpoint.allowHosts(this.#loads.access?.ALLOWED_HOSTS ?? []);
    this.#gate.dispatch();
    this.#announcements.ready(load, this.#loads.idOf(load), failure);
    this.#changes.watch();
    this.#loads.prepareNext();
    this.#options.types?.loaded();
  }
}
