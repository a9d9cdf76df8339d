import { onSignals } from '../../arbiter/actions.ts';
import { GenerationFailed } from '../../arbiter/generation.ts';
import { Reaper } from '../../arbiter/reaper.ts';
import { packageVersion } from '../../files/package-root.ts';
import { type InheritedSocket, readInheritedSockets } from '../../production/binding/inherited-sockets.ts';
import { createNotifier } from '../../production/binding/notifier.ts';
import { type Control, openControl } from '../../production/control/open-control.ts';
import { RecentLines } from '../../production/control/recent-lines.ts';
import type { ErrorLog } from '../../production/logs/error-log.ts';
import { ArbiterHooks } from '../../production/parent/arbiter-hooks.ts';
import { controllable } from '../../production/parent/control-answers.ts';
import { ErrorLogs } from '../../production/parent/error-logs.ts';
import { ACTIONS } from '../../production/parent/production-actions.ts';
import { ProductionArbiter } from '../../production/parent/production-arbiter.ts';
import { SocketTable } from '../../production/parent/socket-table.ts';
import { HANDLERS_TIMEOUT_MS, ORPHAN_DRAIN_MS } from '../../worker/stop.ts';
import { type CommonOptions, createSiteCommand, runCommand, workingFolder } from '../command.ts';
import { addControlCommands } from '../control/control-commands.ts';
import { APPLICATION_FAILED, BOOT_FAILED } from '../exit-codes.ts';
import { findProjectRoot } from '../find-project.ts';
import { describeFailure } from '../terminal/describe-failure.ts';
import { goOnWithoutOutput, printError } from '../terminal/output.ts';
import { typedCommand } from '../typed-command.ts';
import { addSettingOptions, commandLineInEnvironment, commandLineOf } from './setting-options.ts';
import { folderOf, SiteReader, type SitesToRun } from './site-reader.ts';
import { spawnConfigProcess } from './spawn-config-process.ts';
import { startSuccessor, tellPredecessor } from './start-successor.ts';
import type { WorkerStarter } from './worker-starter.ts';

/**
 * Runs the command.
 *
 * @param argv Words after the command's name.
 * @param workers What starts workers. It may have started the first one already.
 */
export async function runwsgi(argv: string[], workers: WorkerStarter): Promise<void> {
  const command = addSettingOptions(createSiteCommand('runwsgi', 'Serve a site in production.'));
  command
    .argument(
      '[app]',
      "the application: 'mysite.wsgi', 'mysite.wsgi:application' (the WSGI_APPLICATION setting)",
    )
    .action((app: string | undefined, options: CommonOptions) => {
      const folder = folderOf(options.chdir, process.env);
      workingFolder(folder);
      const inherited = readInheritedSockets(process.env, process.pid);
      const given = commandLineOf(command, app);
      const startedIn = process.cwd();
      const reader = new SiteReader(given, commandLineInEnvironment(process.env), folder, inherited, {
        spawn: () => spawnConfigProcess(startedIn),
        onNotice: (text) => printError(`${text}\n`),
      });
      return serve(reader, folder, inherited, workers);
    });
  await runCommand(addControlCommands(command), argv);
  workers.endUnused();
}

async function serve(
  reader: SiteReader,
  folder: string,
  inherited: readonly InheritedSocket[],
  workers: WorkerStarter,
): Promise<void> {
  goOnWithoutOutput();
  const hooks = new ArbiterHooks();
  const read = await reader.read();
  hooks.use(read.config);
  const { sites, resolved } = read;
  const lines = new RecentLines();
  const logs = new ErrorLogs((entry) => lines.add(entry));
  const log = logs.of(resolved.values);
  workers.logs = logs;
  for (const { settings } of sites) logs.of(settings);
  let control: Control | undefined;
  const reaper = new Reaper({ graceMs: ORPHAN_DRAIN_MS + HANDLERS_TIMEOUT_MS });
  const sockets = new SocketTable({
    inherited,
    typed: (bind) => typedCommand('runwsgi', ['-b', bind]),
  });
  const notifier = createNotifier(process.env, (text) => log.warning(text), {
    isHealthy: () => arbiter.sites.all.every(({ state }) => state !== 'failing'),
  });
  const arbiter: ProductionArbiter = new ProductionArbiter({
    log,
    logOf: ({ name, settings }) => logs.ofSite(settings, name),
    hooks,
    sockets,
    spawn: ({ settings }) => reaper.watch(workers.start(settings)),
    readSites: async () => {
      const again = await reader.read();
      for (const { settings } of again.sites) logs.of(settings); // before anything is begun
      report(again, log);
      hooks.use(again.config);
      return again.sites;
    },
    upgrade: async () => {
      const pid = await startSuccessor(sockets.all, folder, SUCCESSOR_TIMEOUT_MS);
      log.info(`Process ${pid} serves now.`);
      await notifier.mainPid(pid);
    },
    reopenLogs: () => logs.reopen(),
    hasTerminal: process.stderr.isTTY,
    onReloading: () => notifier.reloading(),
    onReloaded: () => void notifier.ready(),
    onEnding: () => void notifier.stopping(),
    onEnded: async () => {
      await hooks.close();
      control?.close();
      process.exit(0);
    },
  });
  onSignals(ACTIONS.signals, (action) => arbiter.ask(action));
  // The last resort: a mistake of ours must not leave workers behind that nobody controls.
  process.on('uncaughtException', (error) => log.critical(`An error that should not be:\n${error.stack}`));
  log.info(`startproject ${packageVersion()}, Node ${process.version}`);
  report(read, log);
  try {
    await hooks.run('onStarting', { pid: process.pid });
    await arbiter.start(sites);
  } catch (error) {
    void hooks.close();
    if (!(error instanceof GenerationFailed)) throw error;
    process.exitCode = reportFailedStart(error);
    return;
  }
  control = await openControl({
    root: findProjectRoot(folder),
    name: resolved.values.control,
    pidFile: resolved.values.pid,
    env: process.env,
    controllable: controllable(arbiter, lines),
    onNotice: (text) => log.warning(text),
  });
  for (const site of arbiter.sites.all) {
    const addresses = site.sockets.map((socket) => socket.servedAt()).join(', ');
    log.info(`${site.name === 'default' ? 'Serving' : `[${site.name}] Serving`} at ${addresses}`);
  }
  tellPredecessor();
  sockets.takeOver(arbiter.sites.all.flatMap((site) => site.sockets));
  const addresses = sockets.all.map((socket) => socket.servedAt());
  void hooks.run('whenReady', { pid: process.pid, addresses });
  void notifier.ready();
}

/** Much longer than a start takes. */
const SUCCESSOR_TIMEOUT_MS = 120_000;

function report({ resolved, notes }: SitesToRun, log: ErrorLog): void {
  for (const note of resolved.notes) log.warning(note);
  for (const note of notes) log.info(note);
}

/** @returns the exit code */
function reportFailedStart({ reason, message }: GenerationFailed): number {
  if ('failure' in reason) {
    printError(`${describeFailure(reason.failure)}\n`);
    return APPLICATION_FAILED;
  }
  printError(`${message}\n`);
  return BOOT_FAILED;
}
