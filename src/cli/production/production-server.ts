import { setImmediate as nextTurn } from 'node:timers/promises';
import kleur from 'kleur';
import { onSignals } from '../../arbiter/actions.ts';
import { Reaper } from '../../arbiter/reaper.ts';
import { packageVersion } from '../../files/package-root.ts';
import {
  type InheritedSocket,
  isSuccessor,
  sitesNotServed,
} from '../../production/binding/inherited-sockets.ts';
import { createNotifier, type Notifier } from '../../production/binding/notifier.ts';
import { isControlPath } from '../../production/control/control-name.ts';
import { type Control, openControl } from '../../production/control/open-control.ts';
import { RecentLines } from '../../production/control/recent-lines.ts';
import { PidFile } from '../../production/host/pid-file.ts';
import { watchTouchFiles } from '../../production/host/touch-files.ts';
import type { ErrorLog } from '../../production/logs/error-log.ts';
import { ArbiterHooks } from '../../production/parent/arbiter-hooks.ts';
import { controllable } from '../../production/parent/control-answers.ts';
import { ErrorLogs } from '../../production/parent/error-logs.ts';
import { ACTIONS, SPAWNED_SIGNALS } from '../../production/parent/production-actions.ts';
import { ProductionArbiter } from '../../production/parent/production-arbiter.ts';
import { type SiteToRun, schemeOf } from '../../production/parent/site-to-run.ts';
import { SocketTable } from '../../production/parent/socket-table.ts';
import { HANDLERS_TIMEOUT_MS, ORPHAN_DRAIN_MS } from '../../worker/stop.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { findProjectRoot } from '../find-project.ts';
import { typedCommand } from '../typed-command.ts';
import type { ServerCommand } from './server-command.ts';
import { type SiteReader, type SitesToRun, SPAWNED_BIND } from './site-reader.ts';
import { startSuccessor, tellStarter } from './start-successor.ts';
import type { WorkerStarter } from './worker-starter.ts';

interface ProductionServerOptions {
  /** The command's name. */
  readonly command: ServerCommand['name'];
  readonly reader: SiteReader;
  /** The settings that were read for the start. */
  readonly read: SitesToRun;
  readonly workers: WorkerStarter;
  /** The folder where the command was started, and its working folder, with symbolic links. */
  readonly startedIn: string;
  readonly folder: string;
  readonly inherited: readonly InheritedSocket[];
  readonly isBackground: boolean;
  /** Called with the exit code when everything has ended. */
  readonly exit: (code: number) => void;
}

/** How long a new server may take to start. It is much longer than a normal start. */
const SUCCESSOR_TIMEOUT_MS = 120_000;

/**
 * The production server of the command: an arbiter with its configuration, its logs, its control channel and its
 * reports to systemd.
 */
export class ProductionServer {
  readonly #options: ProductionServerOptions;
  readonly #lines = new RecentLines();
  readonly #logs = new ErrorLogs({
    onEntry: (entry) => this.#lines.add(entry),
    isColoured: hasColours(process.env),
  });
  readonly #hooks = new ArbiterHooks();
  readonly #sockets: SocketTable;
  readonly #arbiter: ProductionArbiter;
  /** Whether it replaces another server. */
  readonly #isSuccessor: boolean;
  readonly #log: ErrorLog;
  readonly #notifier: Notifier;
  #control: Control | undefined;
  #pidFile: PidFile | undefined;
  /** The signal that has ended it at once. */
  #interruptedBy: NodeJS.Signals | undefined;
  #endTouchFiles = () => {};
  readonly #ending = new AbortController();
  /** Resolves when systemd is notified of the end. */
  #endIsTold = Promise.resolve();

  /** @throws {CommandError} if a log file cannot be opened */
  constructor(options: ProductionServerOptions) {
    const { command, reader, read, workers, inherited } = options;
    this.#options = options;
    this.#isSuccessor = isSuccessor(inherited);
    this.#log = this.#logs.of(read.resolved.values);
    this.#openLogs(read.sites);
    workers.logs = this.#logs;
    reader.onNotice = (text) => this.#log.warning(text);
    this.#hooks.use(read.config);
    this.#sockets = new SocketTable({ inherited, typed: (bind) => typedCommand(command, ['-b', bind]) });
    this.#notifier = createNotifier(process.env, (text) => this.#log.warning(text), {
      isHealthy: () => this.#arbiter.sites.all.every(({ state }) => state !== 'failing'),
    });
    this.#arbiter = this.#createArbiter();
  }

  /**
   * Serves until a signal arrives.
   *
   * @throws {GenerationFailed} if no site can be served
   * @throws {UserError} if an address or a file cannot be used
   */
  async start(): Promise<void> {
    const { pid: file } = this.#options.read.resolved.values;
    onSignals(this.#isSpawned ? SPAWNED_SIGNALS : ACTIONS.signals, (action, signal) => {
      if (action === 'quit') this.#interruptedBy = signal;
      this.#arbiter.ask(action);
    });
    // The last resort: after an error in this package, workers must not be left without an arbiter.
    process.on('uncaughtException', ({ stack }) => this.#log.critical(`An internal error:\n${stack}`));
    this.#log.info(`startproject ${packageVersion()}, Node ${process.version}`);
    this.#report(this.#options.read);
    try {
      if (file !== undefined) this.#pidFile = new PidFile(this.#isSuccessor ? `${file}.2` : file);
      await this.#hooks.run('onStarting', { pid: process.pid });
      await this.#arbiter.start(this.#options.read.sites);
    } catch (error) {
      await nextTurn(); // The log writes its lines at that time. They must precede the error.
      this.#pidFile?.remove();
      await this.#hooks.close();
      throw error;
    }
    await this.#tellOthers();
  }

  /** Whether a web server has started it with the socket as its standard input. */
  get #isSpawned(): boolean {
    return this.#options.read.sites.some(({ settings }) => settings.bind.includes(SPAWNED_BIND));
  }

  /** Opens all log files first, before any step that would have to be undone. */
  #openLogs(sites: readonly SiteToRun[]): void {
    for (const { settings } of sites) this.#logs.of(settings);
  }

  #createArbiter(): ProductionArbiter {
    const { reader, workers, startedIn } = this.#options;
    const reaper = new Reaper({ graceMs: ORPHAN_DRAIN_MS + HANDLERS_TIMEOUT_MS });
    return new ProductionArbiter({
      log: this.#log,
      logOf: ({ name, settings }) => this.#logs.ofSite(settings, name),
      hooks: this.#hooks,
      sockets: this.#sockets,
      predecessor: this.#isSuccessor ? { notServed: sitesNotServed(process.env) } : undefined,
      spawn: ({ settings }) => reaper.watch(workers.start(settings)),
      readSites: async () => {
        const read = await reader.read();
        const discard = () => void read.config?.close();
        try {
          this.#openLogs(read.sites);
        } catch (error) {
          discard();
          throw error;
        }
        this.#report(read);
        const enforce = () => {
          this.#hooks.use(read.config);
          this.#watchTouchFiles(read.sites);
        };
        return { sites: read.sites, enforce, discard };
      },
      upgrade: async () => {
        const pid = await this.#startSuccessor(startedIn);
        this.#log.info(`Process ${pid} serves now.`);
        await this.#notifier.mainPid(pid);
      },
      reopenLogs: () => this.#logs.reopen(),
      hasTerminal: process.stderr.isTTY,
      onReloading: () => this.#notifier.reloading(),
      onReloaded: () => void this.#notifier.ready(),
      onEnding: () => {
        this.#ending.abort();
        this.#endIsTold = this.#notifier.stopping();
      },
      onEnded: () => void this.#end(),
    });
  }

  async #tellOthers(): Promise<void> {
    const { values } = this.#options.read.resolved;
    this.#watchTouchFiles(this.#options.read.sites);
    await this.#openControl();
    // A reader of this line may use the control channel immediately.
    for (const site of this.#arbiter.sites.all) {
      if (site.state === 'failing') continue; // The reason was already logged.
      const scheme = schemeOf(site.settings);
      const addresses = site.sockets.map((socket) => socket.servedAt(scheme)).join(', ');
      // For a unix socket, the scheme is added, since its address has none.
      const how = /^https?$/.test(scheme) || addresses.includes(scheme) ? '' : ` (${scheme})`;
      this.#logs.ofSite(site.settings, site.name).info(`Serving at ${addresses}${how}`);
    }
    await nextTurn(); // The log writes its lines at that time. After that, the waiting command ends and its user reads them.
    tellStarter();
    this.#sockets.takeOver(this.#arbiter.sites.all.flatMap((site) => site.sockets));
    if (values.pid !== undefined && this.#isSuccessor) this.#pidFile!.moveTo(values.pid);
    const addresses = this.#sockets.all.map((socket) => socket.servedAt(schemeOf(values)));
    void this.#hooks.run('whenReady', { pid: process.pid, addresses });
    void this.#notifier.ready();
  }

  async #openControl(): Promise<void> {
    const { values } = this.#options.read.resolved;
    this.#control = await openControl({
      root: findProjectRoot(this.#options.folder),
      name: values.control,
      pidFile: values.pid,
      env: process.env,
      controllable: controllable(this.#arbiter, this.#lines),
      onNotice: (text) => this.#log.warning(text),
    });
  }

  /**
   * The control channel belongs to the serving server. A path has space for one channel only, whichever server is
   * serving.
   */
  async #startSuccessor(startedIn: string): Promise<number> {
    const isAtPath = isControlPath(this.#options.read.resolved.values.control ?? '');
    if (isAtPath) this.#control?.close();
    try {
      const pid = await startSuccessor(this.#sockets.all, {
        notServed: this.#arbiter.sites.all.flatMap(({ name, workers }) => (workers.length === 0 ? name : [])),
        folder: startedIn,
        isBackground: this.#options.isBackground,
        timeoutMs: SUCCESSOR_TIMEOUT_MS,
        ending: this.#ending.signal,
      });
      this.#control?.close();
      return pid;
    } catch (error) {
      if (isAtPath && !this.#ending.signal.aborted) await this.#openControl();
      throw error;
    }
  }

  #watchTouchFiles(sites: readonly SiteToRun[]): void {
    this.#endTouchFiles();
    const ends = sites
      .filter(({ settings }) => settings.touchToReload.length > 0)
      .map(({ name, settings }) =>
        watchTouchFiles(settings.touchToReload, (file) => {
          this.#logs.ofSite(settings, name).info(`${file} was touched.`);
          void this.#arbiter.reload(name);
        }),
      );
    this.#endTouchFiles = () => ends.forEach((end) => void end());
  }

  #report({ resolved, notes }: SitesToRun): void {
    for (const note of resolved.notes) this.#log.warning(note);
    for (const note of notes) this.#log.info(note);
  }

  /** The control channel is closed last, since `runwsgi stop` treats its end as the end of the server. */
  async #end(): Promise<void> {
    this.#endTouchFiles();
    await this.#hooks.close();
    await this.#endIsTold;
    this.#pidFile?.remove();
    this.#control?.close();
    this.#options.exit(this.#interruptedBy === undefined ? 0 : exitCodeOf(this.#interruptedBy));
  }
}

/** Colours are used in a terminal, unless they are turned off; elsewhere only on request. */
function hasColours({ FORCE_COLOR }: NodeJS.ProcessEnv): boolean {
  return kleur.enabled && (process.stderr.isTTY || FORCE_COLOR !== undefined);
}
