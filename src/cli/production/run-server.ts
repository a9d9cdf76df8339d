import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { GenerationFailed } from '../../arbiter/generation.ts';
import { Reaper } from '../../arbiter/reaper.ts';
import { CommandError, isUserError, UsageError } from '../../errors.ts';
import { isSuccessor, readInheritedSockets } from '../../production/binding/inherited-sockets.ts';
import { isListeningSocket } from '../../production/binding/listening-descriptor.ts';
import { isInBackground, startDaemon } from '../../production/host/daemon.ts';
import { describeFailed } from '../../production/parent/describe-failed.ts';
import { quote } from '../../text/quote.ts';
import { type CommonOptions, createSiteCommand, runCommand, workingFolder } from '../command.ts';
import { addControlCommands } from '../control/control-commands.ts';
import { APPLICATION_FAILED, BOOT_FAILED, FAILED } from '../exit-codes.ts';
import { describeFailure } from '../terminal/describe-failure.ts';
import { goOnWithoutOutput, print, printError } from '../terminal/output.ts';
import { checkConfig, printConfig } from './config-reports.ts';
import { ProductionServer } from './production-server.ts';
import type { CommandLine, ServerCommand } from './server-command.ts';
import { addSettingOptions, commandLineInEnvironment } from './setting-options.ts';
import { chdirOf, folderOf, SiteReader, type SitesToRun } from './site-reader.ts';
import { spawnConfigProcess } from './spawn-config-process.ts';
import { tellFailed } from './start-successor.ts';
import type { WorkerStarter } from './worker-starter.ts';

interface RunOptions extends CommonOptions {
  readonly printConfig?: boolean;
  readonly json?: boolean;
  readonly checkConfig?: boolean;
}

/** Standard input. A web server that starts an application passes its socket there. */
const SPAWNED_FD = 0;

/**
 * Runs a command that serves in production.
 *
 * @param argv Words after the command's name.
 * @param workers Starts workers. It may already have started the first one.
 */
export async function runServer(
  server: ServerCommand,
  argv: readonly string[],
  workers: WorkerStarter,
): Promise<void> {
  const { name, description } = server;
  const command = addSettingOptions(
    server.addArguments(
      createSiteCommand(name, description).commandsGroup('Commands for a server that runs:'),
    ),
    server.help,
  )
    .addHelpText('after', `\nExamples:\n${server.examples.map((line) => `  ${line}`).join('\n')}`)
    .option('--print-config', 'print all settings and where each comes from, and do not serve')
    .option('--json', 'print them in JSON')
    .option('--check-config', 'load the sites and check them for production, and do not serve')
    .action(async () => {
      const options = command.opts<RunOptions>();
      const startedIn = folderOf(undefined, process.env);
      const given = server.read(command, 'flag');
      const fromEnvironment = commandLineInEnvironment(process.env, server);
      const folder = folderOf(chdirOf(given, fromEnvironment, process.env), process.env);
      workingFolder(folder);
      const inherited = readInheritedSockets(process.env, process.pid);
      const isSpawned = server.isSpawned && isListeningSocket(SPAWNED_FD);
      const reaper = new Reaper(); // A separate reaper that ends processes immediately, since nothing waits for these processes.
      const spawn = (env?: NodeJS.ProcessEnv) => reaper.watch(spawnConfigProcess(startedIn, env));
      const isBackground = isInBackground(process.env);
      const reader = new SiteReader({
        command: server,
        given,
        fromEnvironment,
        folder,
        inherited,
        isSpawned,
        isBackground,
        spawn: () => spawn(),
      });
      if (options.json) checkJson(options);
      if (options.printConfig) await printConfig(reader, options.json);
      if (options.checkConfig) await checkConfig(reader, spawn);
      if (options.printConfig || options.checkConfig) return;
      try {
        const read = await reader.read();
        if (read.resolved.values.daemon && !isBackground && !isSuccessor(inherited)) {
          await read.config?.close();
          process.exitCode = await startInBackground(read, {
            startedIn,
            folder,
            isSpawned,
            output: given.output ?? fromEnvironment.output,
            name,
          });
        } else {
          goOnWithoutOutput();
          const options = { reader, read, workers, startedIn, folder, inherited, isBackground };
          await new ProductionServer({ command: name, ...options, exit: process.exit }).start();
        }
      } catch (error) {
        process.exitCode = await reportFailedStart(error, isSuccessor(inherited));
      }
    });
  await runCommand(addControlCommands(command), argv);
  workers.endUnused();
}

/** @throws {UsageError} if `--json` is given without a report, or has a value */
function checkJson({ printConfig, checkConfig }: RunOptions): void {
  if (!printConfig)
    throw new UsageError('--json has no effect without --print-config.', {
      hint: 'Add --print-config, or ask a running server: status --json',
    });
  if (checkConfig)
    throw new UsageError('--json and --check-config cannot be given together: findings are not JSON.', {
      hint: 'Leave one of them out.',
    });
}

interface BackgroundOptions {
  readonly name: string;
  readonly startedIn: string;
  readonly folder: string;
  readonly isSpawned: boolean;
  readonly output: CommandLine['output'];
}

/** @returns the exit code */
async function startInBackground(
  { resolved }: SitesToRun,
  { name, startedIn, folder, isSpawned, output }: BackgroundOptions,
): Promise<number> {
  const { values, origins } = resolved;
  const [script, ...words] = process.argv.slice(1);
  // The server also writes them to its error log, which may be our standard error.
  const isSaidHere = values.errorLog !== '-' || origins.errorLog.source === 'default';
  if (isSaidHere) for (const note of resolved.notes) printError(`${note}\n`);
  const stdout = output === undefined ? undefined : openOutput(path.resolve(folder, output));
  try {
    return await startDaemon({
      command: process.execPath,
      args: [...process.execArgv, script!, ...words],
      cwd: startedIn,
      env: { ...process.env, PWD: startedIn },
      hasStdin: isSpawned,
      stdout,
      onStderr: printError,
      onServes: (pid) => {
        if (origins.errorLog.source === 'default') {
          const option = name === 'runfcgi' ? 'errlog=FILE' : '--error-logfile FILE';
          printError(`In the background there is no error log: name one by ${option}.\n`);
        }
        if (origins.daemon.source !== 'default') return;
        print(
          `${name} serves in the background, process ${pid}. With daemonize=false it stays in the foreground.\n`,
        );
      },
    });
  } finally {
    if (stdout !== undefined) closeSync(stdout);
  }
}

/** @throws {CommandError} if the file cannot be written */
function openOutput(file: string): number {
  try {
    return openSync(file, 'a');
  } catch (cause) {
    throw new CommandError(`The file ${quote(file)} cannot be opened: ${(cause as Error).message}.`, {
      hint: 'Name another file by outlog=, or make its folder.',
      cause,
    });
  }
}

/**
 * Reports why the server cannot serve: to the server that it should replace, otherwise on stderr.
 *
 * @returns the exit code
 * @throws errors that are not failures of workers, if no server was notified
 */
async function reportFailedStart(error: unknown, isSuccessor: boolean): Promise<number> {
  const isOfWorkers = error instanceof GenerationFailed;
  const isTold =
    isSuccessor && (isOfWorkers || isUserError(error)) && (await tellFailed(describeFailed(error)));
  if (!isOfWorkers) {
    if (!isTold) throw error;
    return FAILED;
  }
  const { reason, message } = error;
  const isOfSite = 'failure' in reason;
  if (!isTold) printError(`${isOfSite ? describeFailure(reason.failure) : message}\n`);
  return isOfSite ? APPLICATION_FAILED : BOOT_FAILED;
}
