import { onSignals } from '../../arbiter/actions.ts';
import { GenerationFailed } from '../../arbiter/generation.ts';
import { Reaper } from '../../arbiter/reaper.ts';
import { packageVersion } from '../../files/package-root.ts';
import {
  type InheritedSocket,
  readInheritedSockets,
  withoutServiceVariables,
} from '../../production/binding/inherited-sockets.ts';
import { createNotifier } from '../../production/binding/notifier.ts';
import { type Control, openControl } from '../../production/control/open-control.ts';
import { RecentLines } from '../../production/control/recent-lines.ts';
import { TO_ARBITER } from '../../production/message-checks.ts';
import { controllable } from '../../production/parent/control-answers.ts';
import { ErrorLogs } from '../../production/parent/error-logs.ts';
import { ACTIONS } from '../../production/parent/production-actions.ts';
import { ProductionArbiter } from '../../production/parent/production-arbiter.ts';
import { ProductionWorkerHandle } from '../../production/parent/production-worker-handle.ts';
import type { SiteToRun } from '../../production/parent/site-to-run.ts';
import { SocketTable } from '../../production/parent/socket-table.ts';
import { HANDLERS_TIMEOUT_MS, ORPHAN_DRAIN_MS } from '../../worker/stop.ts';
import { type CommonOptions, createSiteCommand, runCommand, workingFolder } from '../command.ts';
import { addControlCommands } from '../control/control-commands.ts';
import { APPLICATION_FAILED, BOOT_FAILED } from '../exit-codes.ts';
import { ourOutput, workerStart } from '../spawn-worker.ts';
import { describeFailure } from '../terminal/describe-failure.ts';
import { goOnWithoutOutput, printError } from '../terminal/output.ts';
import { typedCommand } from '../typed-command.ts';
import { addSettingOptions, commandLineInEnvironment, commandLineOf } from './setting-options.ts';
import { folderOf, SiteReader } from './site-reader.ts';
import { startSuccessor, tellPredecessor } from './start-successor.ts';

/**
 * Runs the command.
 *
 * @param argv Words after the command's name.
 */
export async function runwsgi(argv: string[]): Promise<void> {
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
      const reader = new SiteReader(given, commandLineInEnvironment(process.env), folder, inherited);
      return serve(reader, folder, inherited);
    });
  await runCommand(addControlCommands(command), argv);
}

async function serve(
  reader: SiteReader,
  folder: string,
  inherited: readonly InheritedSocket[],
): Promise<void> {
  goOnWithoutOutput();
  const startedIn = process.cwd();
  const { sites, notes, resolved } = reader.read();
  const lines = new RecentLines();
  const logs = new ErrorLogs((entry) => lines.add(entry));
  const log = logs.of(resolved.values);
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
    logOf: ({ settings }) => logs.of(settings),
    sockets,
    spawn: (site) => reaper.watch(spawn(site, startedIn, logs)),
    readSites: async () => {
      const again = reader.read();
      for (const { settings } of again.sites) logs.of(settings); // before anything is begun
      for (const note of again.notes) log.warning(note);
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
    onEnded: () => {
      control?.close();
      process.exit(0);
    },
  });
  onSignals(ACTIONS.signals, (action) => arbiter.ask(action));
  // The last resort: a mistake of ours must not leave workers behind that nobody controls.
  process.on('uncaughtException', (error) => log.critical(`An error that should not be:\n${error.stack}`));
  log.info(`startproject ${packageVersion()}, Node ${process.version}`);
  for (const note of notes) log.warning(note);
  try {
    await arbiter.start(sites);
  } catch (error) {
    if (!(error instanceof GenerationFailed)) throw error;
    process.exitCode = reportFailedStart(error);
    return;
  }
  for (const site of arbiter.sites.all) {
    const addresses = site.sockets.map((socket) => socket.servedAt()).join(', ');
    log.info(`${site.name === 'default' ? 'Serving' : `[${site.name}] Serving`} at ${addresses}`);
  }
  control = await openControl({
    root: sites[0]!.orders.site.root,
    name: resolved.values.control,
    pidFile: resolved.values.pid,
    env: process.env,
    controllable: controllable(arbiter, lines),
    onNotice: (text) => log.warning(text),
  });
  tellPredecessor();
  void notifier.ready();
}

/** Much longer than a start takes. */
const SUCCESSOR_TIMEOUT_MS = 120_000;

function spawn({ settings }: SiteToRun, startedIn: string, logs: ErrorLogs): ProductionWorkerHandle {
  const env = { ...withoutServiceVariables(process.env), ...settings.env };
  return new ProductionWorkerHandle(
    workerStart('production', startedIn, TO_ARBITER, env),
    ourOutput(() => logs.of(settings).forward()),
  );
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
