import { GenerationFailed } from '../../arbiter/generation.ts';
import { Reaper } from '../../arbiter/reaper.ts';
import { readInheritedSockets } from '../../production/binding/inherited-sockets.ts';
import { isInBackground, startDaemon } from '../../production/host/daemon.ts';
import { type CommonOptions, createSiteCommand, runCommand, workingFolder } from '../command.ts';
import { addControlCommands } from '../control/control-commands.ts';
import { APPLICATION_FAILED, BOOT_FAILED } from '../exit-codes.ts';
import { describeFailure } from '../terminal/describe-failure.ts';
import { goOnWithoutOutput, printError } from '../terminal/output.ts';
import { checkConfig, printConfig } from './config-reports.ts';
import { ProductionServer } from './production-server.ts';
import { addSettingOptions, commandLineInEnvironment, commandLineOf } from './setting-options.ts';
import { chdirOf, folderOf, SiteReader } from './site-reader.ts';
import { spawnConfigProcess } from './spawn-config-process.ts';
import type { WorkerStarter } from './worker-starter.ts';

interface RunwsgiOptions extends CommonOptions {
  readonly printConfig?: boolean;
  readonly json?: boolean;
  readonly checkConfig?: boolean;
}

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
    .option('--print-config', 'print all settings and where each comes from, and do not serve')
    .option('--json', 'print them in JSON')
    .option('--check-config', 'load the sites and check them for production, and do not serve')
    .action(async (app: string | undefined, options: RunwsgiOptions) => {
      const startedIn = folderOf(undefined, process.env);
      const given = commandLineOf(command, app);
      const fromEnvironment = commandLineInEnvironment(process.env);
      const folder = folderOf(chdirOf(given, fromEnvironment, process.env), process.env);
      workingFolder(folder);
      const inherited = readInheritedSockets(process.env, process.pid);
      const reaper = new Reaper(); // of its own, which leaves no time: nobody waits for these processes
      const spawn = (env?: NodeJS.ProcessEnv) => reaper.watch(spawnConfigProcess(startedIn, env));
      const reader = new SiteReader(given, fromEnvironment, folder, inherited, {
        spawn: () => spawn(),
        onNotice: (text) => printError(`${text}\n`),
      });
      if (options.printConfig) return printConfig(reader, options.json);
      if (options.checkConfig) return checkConfig(reader, spawn);
      const isBackground = isInBackground(process.env);
      const read = await reader.read();
      if (read.resolved.values.daemon && !isBackground) {
        await read.config?.close();
        process.exitCode = await startInBackground(startedIn);
      } else {
        await serve(
          new ProductionServer({ reader, read, workers, startedIn, folder, inherited, exit: process.exit }),
        );
      }
    });
  await runCommand(addControlCommands(command), argv);
  workers.endUnused();
}

async function serve(server: ProductionServer): Promise<void> {
  goOnWithoutOutput();
  try {
    await server.start();
  } catch (error) {
    if (!(error instanceof GenerationFailed)) throw error;
    process.exitCode = reportFailedStart(error);
  }
}

function startInBackground(cwd: string): Promise<number> {
  const [script, ...words] = process.argv.slice(1);
  return startDaemon({
    command: process.execPath,
    args: [...process.execArgv, script!, ...words],
    cwd,
    env: { ...process.env, PWD: cwd },
    onStderr: printError,
  });
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
