import { realpathSync } from 'node:fs';
import path from 'node:path';
import { CommandError, UsageError } from '../../errors.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { rootKey } from '../../production/control/address.ts';
import { ANSWER_TIMEOUT_MS, ControlClient } from '../../production/control/control-client.ts';
import { isControlPath } from '../../production/control/control-name.ts';
import { type FoundServer, findServers } from '../../production/control/find-servers.ts';
import { quote } from '../../text/quote.ts';
import { findProjectRoot } from '../find-project.ts';
import { typedCommand } from '../typed-command.ts';

/** The options that select a server. */
export interface Choice {
  /** The command that was called. */
  readonly command: 'runwsgi' | 'runfcgi';
  /** The working folder. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** A pid file, or a process id. */
  readonly pid?: string;
  /** The name of a server, or the path of its control socket. */
  readonly control?: string;
}

/**
 * Connects to the selected server: by a pid file or a name, otherwise the server of this project.
 *
 * @throws {CommandError} if there is none, or several, or one of another user.
 */
export async function connectToServer(choice: Choice): Promise<ControlClient> {
  const { control, cwd } = choice;
  if (control !== undefined && isControlPath(control)) {
    const client = await ControlClient.connect({ path: path.resolve(cwd, control), pid: 0 });
    if (client !== undefined) return client;
    throw new CommandError(`No server uses the control socket ${control}.`);
  }
  const wanted = wantedServer(choice);
  const all = findServers({ env: choice.env, ...(wanted.pidFile && { pidFile: wanted.pidFile }) });
  const chosen = all.filter((server) => wanted.isMeant(server));
  const usable = (chosen.length === 0 ? await behindLinks(all, wanted.root) : chosen).filter(isUsable);
  const open = await connectToLiving(usable);
  if (open.length === 1) return open[0]!.client;
  for (const { client } of open) client.close();
  if (open.length > 1) throw several(wanted.text, open);
  const foreign = chosen.find(({ foreignUser }) => foreignUser !== undefined);
  throw foreign === undefined ? await none(wanted.text, all, choice.command) : notYours(foreign);
}

interface Wanted {
  isMeant(server: FoundServer): boolean;
  /** The selection as part of a sentence: `server of this project`. */
  readonly text: string;
  readonly pidFile?: string;
  /** The project of the server. */
  readonly root?: string;
}

function wantedServer({ pid, control, cwd, env }: Choice): Wanted {
  if (pid !== undefined) {
    const isNumber = /^\d+$/.test(pid);
    const pidFile = path.resolve(cwd, pid);
    const number = isNumber ? Number(pid) : numberIn(pidFile, pid);
    return {
      isMeant: (server) => server.pid === number && (control === undefined || server.name === control),
      text: `server with the process id ${number}`,
      ...(!isNumber && { pidFile }),
    };
  }
  if (control !== undefined) {
    return { isMeant: ({ name }) => name === control, text: `server named ${quote(control)}` };
  }
  const roots = projectRoots(cwd, env);
  const keys = roots.map(rootKey);
  return {
    isMeant: (server) => keys.includes(server.rootKey),
    text: `server of this project (${roots[0]})`,
    root: roots[0]!,
  };
}

function numberIn(file: string, typed: string): number {
  const text = readTextIfThere(file)?.trim();
  if (text === undefined) {
    throw new CommandError(
      `There is no pid file ${quote(typed)}: the server has ended, or was started without it.`,
    );
  }
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`Expected a process id in ${quote(typed)}, found ${quote(text)}.`);
}

/** The project's folder: the path in the shell, which may contain symbolic links, and the real path. */
function projectRoots(cwd: string, env: NodeJS.ProcessEnv): string[] {
  const folders = [isSame(env.PWD, cwd) ? env.PWD! : cwd, cwd];
  return [...new Set(folders.map(findProjectRoot))];
}

function isSame(folder: string | undefined, other: string): boolean {
  try {
    return folder !== undefined && path.isAbsolute(folder) && realpathSync(folder) === realpathSync(other);
  } catch {
    return false; // One of the folders does not exist any more.
  }
}

/**
 * Finds a server whose project path is a symbolic link that leads to this folder since the last release. Each server
 * must be asked for its path.
 */
async function behindLinks(
  servers: readonly FoundServer[],
  root: string | undefined,
): Promise<FoundServer[]> {
  if (root === undefined) return [];
  const roots = await Promise.all(servers.filter(isUsable).map(rootOf));
  return servers.filter(isUsable).filter((_server, index) => isSame(roots[index], root));
}

async function rootOf(server: FoundServer): Promise<string | undefined> {
  try {
    const client = await ControlClient.connect(server);
    const reply = await client?.ask({ command: 'status' }, ANSWER_TIMEOUT_MS);
    client?.close();
    return reply?.root;
  } catch {
    return undefined; // The server does not answer, and may be another one.
  }
}

function isUsable({ foreignUser }: FoundServer): boolean {
  return foreignUser === undefined;
}

interface LivingServer extends FoundServer {
  readonly client: ControlClient;
}

/** Omits servers that have ended and left their socket file. */
async function connectToLiving(servers: readonly FoundServer[]): Promise<LivingServer[]> {
  const tried = await Promise.all(
    servers.map(async (server) => ({ ...server, client: await ControlClient.connect(server) })),
  );
  return tried.flatMap(({ client, ...server }) => (client === undefined ? [] : [{ ...server, client }]));
}

function several(text: string, servers: readonly FoundServer[]): CommandError {
  return new CommandError(`There is more than one ${text}: ${servers.map(described).join(', ')}.`, {
    hint: `Select one: --pid ${servers[0]!.pid}, or --control NAME for a server that was started with a name.`,
  });
}

/**
 * Makes the error for no server. It names the servers of other projects with their folders, since a number alone would
 * not help.
 */
async function none(
  text: string,
  others: readonly FoundServer[],
  command: Choice['command'],
): Promise<CommandError> {
  const start = `Start one with: ${typedCommand(command, [])}`;
  const asked = others.filter(isUsable).slice(0, MOST_NAMED);
  const roots = await Promise.all(asked.map(rootOf));
  const named = asked.flatMap((server, index) =>
    roots[index] === undefined ? [] : `${roots[index]} (${described(server)})`,
  );
  const elsewhere = named.length === 0 ? '' : ` Other projects that are served: ${named.join(', ')}.`;
  return new CommandError(`There is no ${text} that accepts commands.`, {
    hint: `${start}${named.length === 0 ? '' : '.'}${elsewhere}`,
  });
}

/** A longer list would be too long for a hint. */
const MOST_NAMED = 3;

function notYours({ pid, foreignUser }: FoundServer): CommandError {
  if (foreignUser === process.geteuid?.()) {
    return new CommandError(
      `The server (process ${pid}) belongs to you, but the system does not let you inspect it.`,
      {
        hint: 'Use root, or start the server with the path of a socket: --control /run/mysite/control',
      },
    );
  }
  return new CommandError(`The server (process ${pid}) belongs to another user (id ${foreignUser}).`, {
    hint: 'Only that user and root can use its control channel.',
  });
}

function described({ pid, name }: FoundServer): string {
  return `process ${pid}${name === undefined ? '' : ` (${name})`}`;
}
