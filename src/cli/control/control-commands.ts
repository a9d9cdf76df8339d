import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError, UsageError } from '../../errors.ts';
import { ANSWER_TIMEOUT_MS, type ControlClient } from '../../production/control/control-client.ts';
import type { ServerStatus } from '../../production/control/controllable.ts';
import { COMMANDS } from '../../production/control/protocol.ts';
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';
import { type CommonOptions, createCommand, workingFolder } from '../command.ts';
import { FAILED } from '../exit-codes.ts';
import { collect } from '../options/option-values.ts';
import { print, printError } from '../terminal/output.ts';
import { type Choice, connectToServer } from './choose-server.ts';
import { describeStatus } from './describe-status.ts';
import { stopServer } from './stop-server.ts';

interface ControlOptions extends CommonOptions {
  readonly pid?: string;
  readonly control?: string;
}

interface InjectOptions extends ControlOptions {
  readonly header?: readonly string[];
  readonly data?: string;
  readonly include?: boolean;
  readonly site?: string;
}

/**
 * Adds the commands for a running server: `status`, `reload`, `stop`, `scale`, `logs` and `inject`. An application
 * cannot have these names. A word that is similar to one of them, and is not a module here, is refused with the nearest
 * name.
 *
 * @param parent `runwsgi` or `runfcgi` itself, which serves an application if the first word is none of these.
 */
export function addControlCommands(parent: Command): Command {
  parent.enablePositionalOptions().helpCommand('help [command]', 'Print the help, or the help of a command.');
  parent.hook('preAction', (_parent, called) => {
    if (called === parent) refuseMisspelt(parent, workingFolder(lastOf(parent.opts().chdir)));
    else refuseOptionsOfServer(parent, called);
  });
  subcommand(parent, 'status', 'Show the state of the running server.')
    .option('--json', 'print JSON')
    .action(async (_options, command: Command) => {
      const request = { command: 'status' } as const;
      const { status } = await withServer(command, (client) => client.ask(request, ANSWER_TIMEOUT_MS));
      const isJson = command.opts<{ json?: boolean }>().json;
      print(isJson ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status!));
    });
  subcommand(parent, 'reload', 'Load the new code of the site in the running server, and wait for it.')
    .argument('[site]', 'one site of several (all)')
    .action(async (site: string | undefined, _options, command: Command) => {
      const request = { command: 'reload', ...(site && { site }) } as const;
      const { status } = await withServer(command, (client) => client.ask(request));
      print(describeSites(status!, site));
    });
  subcommand(parent, 'stop', 'Stop the running server, and wait for its end.')
    .option('--quick', 'cut its open requests')
    .action(async ({ quick }: { quick?: boolean }, command: Command) => {
      const pid = await stopServer(choiceOf(command), quick ? 'quick' : 'graceful');
      print(`The server has ended (process ${pid}).\n`);
    });
  subcommand(parent, 'scale', 'Change the number of workers of the running server, and wait for them.')
    .argument('<workers>', 'the number of workers', toCount)
    .argument('[site]', 'one site of several')
    .action(async (workers: number, site: string | undefined, _options, command: Command) => {
      const request = { command: 'scale', workers, ...(site && { site }) } as const;
      const { status } = await withServer(command, (client) => client.ask(request));
      print(describeSites(status!, site));
    });
  subcommand(
    parent,
    'logs',
    'Print the last lines of the running server’s error log, and each new one.',
  ).action((_options, command: Command) => withServer(command, printLogs));
  subcommand(
    parent,
    'inject',
    'Let a worker of the running server answer a request, without a port. Exit code 1 for a status of 400 and above.',
  )
    .argument('<method>', 'GET, POST and so on')
    .argument('<path>', "path and query: '/articles/?page=2'")
    .option('-H, --header <line>', "a header field: 'Accept: text/plain'; repeatable", collect)
    .option('-d, --data <text>', "the body; '@FILE' for the content of a file, '@-' for standard input")
    .option('-i, --include', 'print the header fields too, before the body')
    .option('--site <name>', 'one site of several')
    .action(inject);
  return parent;
}

function subcommand(parent: Command, name: string, description: string): Command {
  const command = createCommand(`${parent.name()} ${name}`, description)
    .name(name)
    .option('-p, --pid <file>', 'the pid file of the server, or its process id')
    .option('--control <name>', 'the name that the server was started with, or the path of its socket')
    .addHelpText('after', '\nWithout --pid and --control it is the server that was started in this project.');
  parent.addCommand(command);
  return command;
}

/** These options may also precede the command's name, where the server's own options are lists. */
function choiceOf(command: Command): Choice {
  const before = command.parent!.opts<Readonly<Record<string, string | readonly string[] | undefined>>>();
  const own = command.opts<ControlOptions>();
  const pid = own.pid ?? lastOf(before.pid);
  const control = own.control ?? lastOf(before.control);
  return {
    command: command.parent!.name() as Choice['command'],
    cwd: workingFolder(own.chdir ?? lastOf(before.chdir)),
    env: process.env,
    ...(pid !== undefined && { pid }),
    ...(control !== undefined && { control }),
  };
}

function lastOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.at(-1);
}

function describeSites({ sites }: ServerStatus, only?: string): string {
  return sites
    .filter(({ name }) => only === undefined || name === only)
    .map(({ name, generation, workers }) => {
      const many = `${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}`;
      return `${printableLine(name)}: generation ${generation}, ${many}\n`;
    })
    .join('');
}

async function printLogs(client: ControlClient): Promise<void> {
  await client.ask({ command: 'logs' }, ANSWER_TIMEOUT_MS);
  for await (const { line, dropped } of client.replies()) {
    if (line !== undefined) print(`${printable(line)}\n`);
    if (dropped !== undefined) printError(`${dropped} lines are left out: they were not read in time.\n`);
  }
  printError('The server has ended.\n');
}

async function inject(method: string, path: string, options: InjectOptions, command: Command): Promise<void> {
  // It loads node:http, which the other commands do not need.
  const { headOf, injectRequest, prepareRequest, writeBody } = await import('./inject-request.ts');
  if (!path.startsWith('/'))
    throw new UsageError(`Expected a path that begins with '/', found ${quote(path)}.`);
  const { site, data, include = false, header: headers = [] } = options;
  const body = data === undefined ? undefined : readData(data);
  const request = prepareRequest({ method, path, headers, body });
  await withServer(command, async (client) => {
    await client.ask({ command: 'inject', ...(site && { site }) }, ANSWER_TIMEOUT_MS);
    const response = await injectRequest(client.release(), request);
    if (include) print(headOf(response, true));
    else printError(headOf(response, false));
    await writeBody(response, process.stdout);
    if (response.statusCode! >= 400) process.exitCode = FAILED;
  });
}

/** Connects to the selected server, and closes the connection after the work. */
async function withServer<Result>(
  command: Command,
  work: (client: ControlClient) => Promise<Result>,
): Promise<Result> {
  const client = await connectToServer(choiceOf(command));
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

function readData(text: string): Uint8Array {
  if (!text.startsWith('@')) return Buffer.from(text);
  const file = text.slice(1);
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (cause) {
    throw new CommandError(`Cannot read ${quote(file)} for --data: ${(cause as Error).message}.`, { cause });
  }
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(`scale takes a number of workers, from 1 to 9999, and got ${quote(text)}.`);
}

/** Options that these commands have too. They may also precede the command's name. */
const SHARED_OPTIONS: ReadonlySet<string> = new Set(['pid', 'control', 'chdir', 'traceback', 'color']);

/** @throws {UsageError} for an option of the server, which a running server cannot change: `runwsgi -w 4 reload` */
function refuseOptionsOfServer(parent: Command, called: Command): void {
  for (const option of parent.options) {
    const name = option.attributeName();
    if (SHARED_OPTIONS.has(name) || parent.getOptionValueSource(name) !== 'cli') continue;
    throw new UsageError(`${option.long} has no effect before the command ${called.name()}.`, {
      hint: `A running server keeps the options that it was started with. Those of the command: ${parent.name()} ${called.name()} --help`,
    });
  }
}

/** @throws {UsageError} if the word for an application is probably a misspelt command */
function refuseMisspelt(parent: Command, folder: string): void {
  const [word] = parent.args;
  if (word === undefined || !/^[a-z]+$/.test(word)) return;
  const near = nearest(word, COMMANDS);
  const isModule = readdirSync(folder).some((name) => name === word || name.startsWith(`${word}.`));
  if (near === undefined || isModule) return;
  throw new UsageError(`There is no command and no module '${word}'.`, {
    hint: `Did you mean '${parent.name()} ${near}'?`,
  });
}
