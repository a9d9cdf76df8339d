import { Heartbeat } from '../../arbiter/heartbeat.ts';
import type { WorkerExit, WorkerHandle } from '../../arbiter/worker-handle.ts';
import { WorkerPool } from '../../arbiter/worker-pool.ts';
import type { AccessSettings, Failure, Heritage, SiteOptions, ToArbiter } from '../../worker/messages.ts';
import type { StopSignal } from '../../worker/stop.ts';
import { ChangeWatch, type ChangeWatchOptions } from '../change-watch.ts';
import { selfWrittenNotice } from '../self-written-notice.ts';
import type { DevReport } from './dev-report.ts';
import { exitFailure, startFailure } from './exit-failure.ts';
import { type Connection, FirstBytesListener } from './first-bytes-listener.ts';
import { Gate } from './gate.ts';
import { Generation } from './generation.ts';
import { longLoadFailure, restNotice, stuckNotice } from './hang-failure.ts';
import { LIVE_RELOAD_PATH, type LiveReload } from './live-reload.ts';
import { heapTidier } from './tidy-heap.ts';

/** A load that takes longer is worth a word. */
const SLOW_LOAD_MS = 3_000;

/** From here on a page says so to who waits, while the load goes on: it may be in a loop, or it may be slow. */
const LONG_LOAD_MS = 10_000;

/** How long a load that is out of date already may take for a request that has waited for it. */
const LAST_CHANCE_MS = 1_000;

/** So long a request waits for a load that does not fail, while files are changed again and again. */
const SOUND_LOAD_PATIENCE_MS = 2_000;

/** How long a worker that answers nobody may go on with what it does, once another has taken over. */
const STUCK_TIMEOUT_MS = 30_000;

/** How soon another worker is tried when one died before it could be used. */
const RESPAWN_MS = 500;

/** The first requests after a load get the processors to themselves; then the next spare is started. */
const SPARE_DELAY_MS = 20;

export interface DevArbiterOptions extends ChangeWatchOptions {
  readonly spawnWorker: () => WorkerHandle;
  /** Tells open pages of new generations. @default nobody is told */
  readonly liveReload?: LiveReload;
  readonly report: DevReport;
  /** Called when a process of ours has started, and has ended before it could do anything. */
  readonly onBrokenStart?: () => void;
}

type Message<Type extends ToArbiter['type']> = Extract<ToArbiter, { type: Type }>;

/**
 * The parent of the development server. It accepts, watches and decides; user code runs in its workers only. Every
 * request passes its gate: handed to the newest generation, after a look whether that one is still fresh.
 */
export class DevArbiter {
  readonly listener: FirstBytesListener;
  readonly #options: DevArbiterOptions;
  readonly #changes: ChangeWatch;
  readonly #gate: Gate;
  readonly #pool: WorkerPool;
  readonly #heartbeat = new Heartbeat((worker) => void this.#onSilent(worker));
  readonly #tidyHeap = heapTidier();
  readonly #startedAt = Date.now();
  #site: SiteOptions | undefined;
  #current: Generation | undefined;
  /** What loads for so long that the newest generation stands in for it, with a page that says so. */
  #late: Generation | undefined;
  #heritage: Heritage = { packages: [], entries: [] };
  /** Who may see what of the site, as far as its settings have loaded. */
  #access: AccessSettings | undefined;
  #slow: NodeJS.Timeout | undefined;
  /** While a worker is not spawned yet, since the last one could not start. */
  #respawn: NodeJS.Timeout | undefined;
  #areUrlsWanted = false;
  /** While the newest generation is out of date, and answers those first that have waited for it. */
  #behind: NodeJS.Timeout | undefined;
  /** How long the last sound load took. */
  #soundLoadMs = 0;
  /** What was said of the last worker, which could not start. */
  #brokenStart: string | undefined;
  #isClosed = false;

  constructor(options: DevArbiterOptions) {
    this.#options = options;
    this.#pool = new WorkerPool(options.spawnWorker, {
      onMessage: (message, worker) => this.#onMessage(message, worker),
      onExit: (exit, worker) => this.#onExit(exit, worker),
      onEnded: () => this.#activate(),
    });
    this.listener = new FirstBytesListener(
      (connection) => this.#onConnection(connection),
      (head) => options.liveReload?.mayClaim(head) ?? false,
    );
    this.#changes = new ChangeWatch(options, {
      onTouched: (files) => {
        for (const file of files) this.#pool.spare?.touched.add(file);
      },
      onStale: (changed) => this.#onStale(changed),
      onFresh: () => this.#gate.open(),
      onSelfWritten: (files) => options.report.onNotice(selfWrittenNotice(files, this.#site!.root)),
      onNotice: (text) => options.report.onNotice(text),
    });
    this.#gate = new Gate({
      look: () => this.#changes.look(),
      findWorker: (isWaitedFor) => this.#findWorker(isWaitedFor),
      findLoaded: (after) => this.#findLoaded(after),
      onFreshAnswer: () => this.#changes.answered(),
      onHandOver: (worker) => this.#watchOver(worker),
    });
  }

  /** Loads the site for the first time, in a worker that may be starting already. */
  start(site: SiteOptions, first: WorkerHandle): void {
    this.#site = site;
    this.#pool.spare = first;
    this.#load([]);
    this.#pool.adopt(first);
  }

  /** Loads the site again, whether anything changed or not. */
  reload(changed: readonly string[] = []): void {
    if (!this.#isClosed) this.#load(changed);
  }

  /** Has the site tell its URLs, as soon as it is loaded. */
  showUrls(): void {
    this.#areUrlsWanted = true;
    this.#showWantedUrls();
  }

  /**
   * Stops listening and ends every worker, whatever it has in flight; the site's handlers of the signal run.
   * Resolves when all processes have ended.
   */
  close(signal: StopSignal = 'SIGTERM'): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#slow);
    clearTimeout(this.#respawn);
    clearTimeout(this.#behind);
    this.#heartbeat.stop();
    this.#changes.close();
    this.listener.close();
    this.#options.liveReload?.close();
    this.#gate.close();
    return this.#pool.close(signal);
  }

  /** Stops every worker where it is, while we are stopped ourselves. */
  freeze(): void {
    this.#pool.freezeAll();
  }

  thaw(): void {
    this.#pool.thawAll();
  }

  /** Ends every worker at once. Unless we are closed, the next request, or one that waits, starts another. */
  kill(): void {
    this.#pool.killAll();
  }

  #onConnection(connection: Connection): void {
    const { liveReload } = this.#options;
    if (liveReload?.claims(connection.head)) {
      connection.resume();
      liveReload.accept(connection.socket, connection.head);
    } else {
      this.#gate.admit(connection);
    }
  }

  /** The worker of the newest generation, if that is ready and fresh; else sees to one. */
  #findWorker(isWaitedFor: boolean): WorkerHandle | undefined {
    const current = this.#current;
    if (this.#isClosed || current === undefined) return undefined;
    if (current.state === 'lost') {
      if (isWaitedFor) this.#load([]);
      return undefined;
    }
    if (!this.#changes.check() || current.state !== 'ready') return undefined;
    return current.worker;
  }

  /**
   * The newest generation's worker, if it was told to load the site after this time, and has done so. That it could not,
   * perhaps since a file was half written, is shown when no other load has done better for long.
   */
  #findLoaded(after: number): WorkerHandle | undefined {
    const { state, isSound, activatedAt = 0, worker } = this.#current!;
    const mayAnswer = isSound || Date.now() - after >= SOUND_LOAD_PATIENCE_MS;
    return state === 'ready' && mayAnswer && activatedAt > after ? worker : undefined;
  }

  // #region Generations

  /**
   * A load is not begun anew while a request waits for it for too long, nor before that is answered; but for one that takes
   * longer than the last sound one did, since it may never end.
   */
  #onStale(changed: readonly string[]): void {
    const { state, activatedAt = 0 } = this.#current!;
    const { overdueSince } = this.#gate;
    const isLastChance = overdueSince !== undefined && activatedAt > overdueSince;
    const patience = activatedAt + LAST_CHANCE_MS + 2 * this.#soundLoadMs - Date.now();
    const isLoading = state === 'loading' && patience > 0;
    clearTimeout(this.#behind);
    this.#behind = undefined;
    const isLoaded = isLastChance && this.#findLoaded(overdueSince) !== undefined;
    if (isLoaded) this.#gate.openSoon(); // its patience may have ended since that load did
    if (isLoaded || (isLastChance && isLoading))
      this.#behind = setTimeout(() => this.#changes.check(), Math.max(patience, LAST_CHANCE_MS));
    else this.#load(changed);
  }

  /**
   * @param late What goes on loading meanwhile.
   * @param after Who has to end first.
   */
  #load(
    changed: readonly string[],
    failure?: Failure,
    late?: Generation,
    after: readonly WorkerHandle[] = [],
  ): void {
    const last = this.#current;
    clearTimeout(this.#respawn);
    this.#respawn = undefined;
    clearTimeout(this.#behind);
    this.#behind = undefined;
    this.#changes.begin();
    this.#current = new Generation((last?.number ?? 0) + 1, changed, failure);
    this.#current.after = after;
    if (this.#late?.worker !== undefined) this.#pool.retire(this.#late.worker, { hasServed: false });
    this.#late = late;
    if (last?.worker !== undefined && last !== late)
      this.#pool.retire(last.worker, { hasServed: last.state === 'ready' });
    this.#pool.dropStaleSpare(changed);
    this.#activate();
  }

  /** Gives the newest generation its worker, now or when one has started. */
  #activate(): void {
    const current = this.#current;
    if (this.#isClosed || this.#respawn !== undefined || current?.state !== 'waiting') return;
    const spare = this.#pool.ensureSpare();
    const { retired } = this.#pool;
    // The error page needs nothing that another worker may have.
    const needsAll = current.failure === undefined;
    if (needsAll && (this.#pool.isHeld || current.after.some((worker) => retired.includes(worker)))) return;
    // While a spare starts there may be another save. The first start does not wait for that.
    if (!spare.isBooted && current.number > 1) return;
    this.#pool.spare = undefined;
    current.worker = spare;
    current.state = 'loading';
    current.activatedAt = Date.now();
    this.#changes.started();
    // Changes that no event has told of are among these.
    current.touched = new Set([...spare.touched, ...current.changed, ...this.#changes.ignored]);
    for (const files of spare.ahead) this.#onFiles(files);
    const { failure, touched } = current;
    const live = this.#options.liveReload && { path: LIVE_RELOAD_PATH, generation: this.#idOf(current) };
    const access = this.#access;
    spare.send({ type: 'activate', site: this.#site!, touched: [...touched], failure, live, access });
    clearTimeout(this.#slow);
    this.#slow = setTimeout(() => void this.#onSlowLoad(current, spare), SLOW_LOAD_MS);
    this.#watchOver(spare);
  }

  /** Says it once, however often it is tried. */
  #onBrokenStart(exit: WorkerExit): void {
    if (exit.error === undefined) this.#options.onBrokenStart?.();
    const text = startFailure(exit);
    if (text !== this.#brokenStart) this.#options.report.onNotice(text);
    this.#brokenStart = text;
  }

  #activateLater(): void {
    this.#respawn ??= setTimeout(() => {
      this.#respawn = undefined;
      this.#activate();
    }, RESPAWN_MS);
  }

  /** Unlike any of another run of the server, whose pages may still be open. */
  #idOf({ number }: Generation): string {
    return `${this.#startedAt.toString(36)}-${number}`;
  }

  #onMessage(message: ToArbiter, worker: WorkerHandle): void {
    const isCurrent = worker === this.#current?.worker;
    const isLate = worker === this.#late?.worker;
    switch (message.type) {
      case 'booted':
        this.#brokenStart = undefined;
        this.#activate();
        if (worker === this.#pool.spare) {
          const { root, inspect } = this.#site!;
          worker.send({ type: 'warm', root, isInspected: inspect !== undefined, heritage: this.#heritage });
        }
        return;
      case 'files':
        if (isCurrent) this.#onFiles(message);
        else if (isLate) this.#onFiles(message, this.#late);
        else if (worker === this.#pool.spare) worker.ahead.push(message);
        return;
      case 'ready':
        this.#heartbeat.stop();
        if (isLate) this.#takeOver();
        if (isCurrent || isLate) this.#onReady(message);
        return;
      case 'port-taken':
        if (!isCurrent || !this.#loadWhenOthersHaveEnded()) this.#options.report.onNotice(message.text);
        return;
      case 'holding':
        worker.isHolding = message.isHolding;
        this.#activate();
        return;
      case 'retiring':
        this.#pool.answered(worker);
        return;
      case 'free':
        worker.isFree = true;
        if (isCurrent) this.#gate.openSoon();
        if (isCurrent && this.#behind !== undefined && !this.#gate.isWaitedFor) this.#changes.check();
        return;
      case 'pong': {
        const isLoading = isCurrent && this.#current!.state === 'loading';
        this.#heartbeat.answered(worker, isLoading || message.openRequests > 0);
        return;
      }
      case 'exiting':
        if (isCurrent) this.#current!.exitStack = message.stack;
        if (isLate) this.#late!.exitStack = message.stack;
        return;
      case 'request':
        this.#options.report.onRequest(message.line);
        return;
      case 'notice':
        this.#options.report.onNotice(message.text);
    }
  }

  #onFiles({ files, since, isAhead }: Message<'files'>, of = this.#current!): void {
    const valid = isAhead ? files.filter(([file]) => !of.touched.has(file)) : files;
    for (const [file] of valid) of.files.add(file);
    this.#changes.add(valid, since);
    this.#gate.forgetLook();
    if (this.#current!.state === 'ready') this.#changes.watch();
  }

  #onReady({ failure, heritage, access, isPortTaken }: Message<'ready'>): void {
    if (isPortTaken && this.#loadWhenOthersHaveEnded()) return;
    const current = this.#current!;
    this.#access = access ?? this.#access;
    clearTimeout(this.#slow);
    current.state = 'ready';
    current.isSound = failure === undefined;
    if (current.isSound) this.#soundLoadMs = Date.now() - current.activatedAt!;
    this.#changes.ended({ hasFailed: !current.isSound });
    const { overdueSince } = this.#gate;
    const isAnswer = overdueSince !== undefined && this.#findLoaded(overdueSince) !== undefined;
    // What may have failed since a file was half written is not told: it is loaded again.
    if (!current.isSound && !isAnswer && !this.#changes.check() && current !== this.#current) return;
    if (failure === undefined) {
      this.#changes.retain(current.files);
      this.#heritage = heritage;
    }
    this.#options.liveReload?.allowHosts(this.#access?.ALLOWED_HOSTS ?? []);
    const { number: generation, changed, startedAt } = current;
    this.#gate.open();
    this.#showWantedUrls();
    this.#options.liveReload?.announce(this.#idOf(current));
    this.#options.report.onLoaded({ generation, changed, failure, ms: Date.now() - startedAt });
    this.#changes.watch();
    setTimeout(() => {
      if (this.#isClosed) return;
      this.#pool.ensureSpare();
      this.#tidyHeap();
    }, SPARE_DELAY_MS);
  }

  /** A port that the site needs is taken: by a worker that is on its way out, perhaps. @returns whether that may be. */
  #loadWhenOthersHaveEnded(): boolean {
    const { changed, after } = this.#current!;
    const { retired } = this.#pool;
    if (after.length > 0 || retired.length === 0) return false;
    this.#pool.hasten();
    this.#load(changed, undefined, undefined, retired);
    return true;
  }

  #showWantedUrls(): void {
    const { state, worker } = this.#current!;
    if (!this.#areUrlsWanted || state !== 'ready') return;
    this.#areUrlsWanted = false;
    worker!.send({ type: 'show-urls' });
  }

  #onExit(exit: WorkerExit, worker: WorkerHandle): void {
    const { spare } = this.#pool;
    this.#pool.remove(worker);
    if (this.#isClosed) return;
    const current = this.#current;
    const hasNotBooted = worker === current?.worker && !worker.isBooted;
    if (worker === spare || hasNotBooted) {
      // The next load spawns another. If one is waiting, it waits a while: a worker that cannot even boot would
      // otherwise be spawned without end.
      if (hasNotBooted) current.state = 'waiting';
      if (!worker.isBooted) this.#onBrokenStart(exit);
      if (current?.state === 'waiting') this.#activateLater();
      return;
    }
    if (worker === this.#late?.worker) {
      const { changed, exitStack } = this.#late;
      this.#load(changed, exitFailure(exit, exitStack));
      return;
    }
    if (worker !== current?.worker) return;
    if (current.state === 'loading' && exit.signal === 'SIGKILL' && !current.isSecondTry) {
      // Not by its own doing, and perhaps when it was a spare still.
      current.isSecondTry = true;
      current.state = 'waiting';
      this.#activate();
      return;
    }
    const failure = exitFailure(exit, current.exitStack);
    if (current.state === 'loading') {
      this.#load(current.changed, failure);
      return;
    }
    current.state = 'lost';
    const advice = failure.name === 'OutOfMemory' ? `${failure.hint} ` : '';
    const next = this.#gate.isWaitedFor ? 'It is started again.' : 'The next request starts it again.';
    this.#options.report.onNotice(`${failure.message} ${advice}${next}`);
    this.#gate.open();
  }

  // #endregion

  // #region Loads and requests that do not end

  /** A debugger may hold a worker for as long as it likes. */
  #watchOver(worker: WorkerHandle): void {
    if (this.#site!.inspect === undefined) this.#heartbeat.watch(worker);
  }

  async #onSlowLoad(slow: Generation, worker: WorkerHandle): Promise<void> {
    if (this.#heartbeat.isLate(worker)) slow.slowAt = await worker.whereabouts();
    if (this.#isClosed || slow !== this.#current || slow.state !== 'loading') return;
    this.#options.report.onSlowLoad(SLOW_LOAD_MS, slow.slowAt);
    this.#slow = setTimeout(() => this.#standInFor(slow), LONG_LOAD_MS - SLOW_LOAD_MS);
  }

  #standInFor(slow: Generation): void {
    if (!this.#changes.check()) return;
    const where = this.#heartbeat.isSilent(slow.worker!) ? slow.slowAt : {};
    this.#load(slow.changed, longLoadFailure(LONG_LOAD_MS, this.#site!.root, where), slow);
  }

  /** What was late is there at last. */
  #takeOver(): void {
    const { worker, state } = this.#current!;
    this.#current = this.#late;
    this.#late = undefined;
    if (worker !== undefined) this.#pool.retire(worker, { hasServed: state === 'ready' });
  }

  /** A worker answers nobody, since one request keeps it busy. It may go on with that; another takes its place. */
  async #onSilent(worker: WorkerHandle): Promise<void> {
    const stuck = this.#current!;
    if (stuck.state !== 'ready') return; // A load is told of when its time has come.
    const { stack, rest } = await worker.whereabouts();
    if (this.#isClosed || stuck !== this.#current || !this.#heartbeat.isSilent(worker)) return;
    if (stack === undefined) {
      // It may stand at somebody's breakpoint, so it is let be.
      this.#options.report.onNotice(restNotice(worker.pid, rest));
      return;
    }
    this.#options.report.onNotice(stuckNotice(this.#site!.root, stack, STUCK_TIMEOUT_MS));
    stuck.worker = undefined;
    this.#pool.retire(worker, { hasServed: true, timeoutMs: STUCK_TIMEOUT_MS });
    this.#load([]);
  }

  // #endregion
}
