import { realpathSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { CommandError, UsageError } from '../../errors.ts';
import { formatBind } from '../../production/binding/bind-address.ts';
import { type InheritedSocket, inheritedBinds } from '../../production/binding/inherited-sockets.ts';
import {
  type ReadConfig,
  type ReadConfigOptions,
  readConfigFile,
} from '../../production/config-process/config-process.ts';
import { countWorkers, mostWorkers } from '../../production/host/worker-count.ts';
import type { SiteToRun } from '../../production/parent/site-to-run.ts';
import { findConfig } from '../../production/settings/find-config.ts';
import { isWorkerHook } from '../../production/settings/hook-names.ts';
import { outputNotes } from '../../production/settings/notes.ts';
import { resolveSettings } from '../../production/settings/resolve-settings.ts';
import type { ResolvedSettings } from '../../production/settings/resolved-settings.ts';
import { settingError } from '../../production/settings/sources/wrong-setting.ts';
import { newTicketKeys } from '../../production/tls/read-certificates.ts';
import { findProjectRoot } from '../find-project.ts';
import { printError } from '../terminal/output.ts';
import type { CommandLine, ServerCommand } from './server-command.ts';
import { workerOrders } from './worker-orders.ts';

/** The socket that a web server passes to an application that it starts, as standard input. */
export const SPAWNED_BIND = 'fd://0';

/** The sites to serve, from all sources of settings. */
export interface SitesToRun {
  /** The configuration file, with the process that runs its hooks. */
  readonly config: ReadConfig | undefined;
  readonly resolved: ResolvedSettings;
  readonly sites: readonly SiteToRun[];
  /** Notes about decisions for this machine, one line each. */
  readonly notes: readonly string[];
}

interface SiteReaderOptions extends Pick<ReadConfigOptions, 'spawn'> {
  readonly command: ServerCommand;
  readonly given: CommandLine;
  readonly fromEnvironment: CommandLine;
  /** The working folder of the command. It may be a symbolic link that leads elsewhere after the next deployment. */
  readonly folder: string;
  /** The sockets that the command was started with. They are used if no other address is given. */
  readonly inherited: readonly InheritedSocket[];
  /** Whether standard input is a socket to serve. */
  readonly isSpawned: boolean;
  /** Whether this process was started as a server in the background. */
  readonly isBackground: boolean;
}

/** Reads the configuration, at the start and for each reload. */
export class SiteReader {
  /** Receives a line for each hook that fails, since there is no error log before the first configuration is read. */
  onNotice: (text: string) => void = (text) => printError(`${text}\n`);
  readonly #options: SiteReaderOptions;
  #madeTicketKeys: string | undefined;
  /** The name of the last configuration file that was read without an error. */
  #fileName: string | undefined;

  constructor(options: SiteReaderOptions) {
    this.#options = options;
  }

  /** Reads the settings of all sources, without preparing sites. @throws {UserError} */
  async readSettings(): Promise<ResolvedSettings> {
    const cwd = this.#enterFolder();
    const [file, config] = await this.#readFile(cwd);
    void config?.close();
    return this.#resolve(cwd, file, config);
  }

  /**
   * Reads all sources. If the configuration is not used, its process for hooks must be closed.
   *
   * @param isToServe Whether each site needs an address. @default true
   * @throws {UserError} with one line: the wrong setting, its source, what was expected and what was found.
   */
  async read({ isToServe = true } = {}): Promise<SitesToRun> {
    const cwd = this.#enterFolder();
    const [file, config] = await this.#readFile(cwd);
    try {
      const resolved = this.#resolve(cwd, file, config);
      if (isToServe) checkAddresses(resolved);
      const read = this.#decide(cwd, resolved, config);
      this.#fileName = file === undefined ? undefined : path.basename(file);
      return read;
    } catch (error) {
      void config?.close();
      throw error;
    }
  }

  #enterFolder(): string {
    const cwd = realpathSync(this.#options.folder);
    process.chdir(cwd);
    return cwd;
  }

  async #readFile(cwd: string): Promise<readonly [string, ReadConfig] | readonly []> {
    const { given, fromEnvironment, spawn } = this.#options;
    const onNotice = (text: string) => this.onNotice(text);
    const root = findProjectRoot(cwd);
    const places = { argvConfig: given.config, argsConfig: fromEnvironment.config };
    const file = findConfig({ ...places, env: process.env, cwd, root });
    if (file === undefined && this.#fileName !== undefined)
      // Otherwise the defaults would be used: another address, without TLS.
      throw new CommandError(`There is no ${this.#fileName} in ${root} any more.`, {
        hint: 'Put it back, or restart the server to serve without it.',
      });
    if (file === undefined) return [];
    return [file, await readConfigFile({ root, file, spawn, onNotice })];
  }

  #resolve(cwd: string, file: string | undefined, config: ReadConfig | undefined): ResolvedSettings {
    const { command, given, fromEnvironment, inherited, isSpawned, isBackground } = this.#options;
    const resolved = resolveSettings({
      fileConfig: file === undefined ? undefined : { file, values: config!.values },
      argvOptions: given.options,
      argvWrittenAs: given.writtenAs,
      commandArgs: fromEnvironment.options,
      commandArgsWrittenAs: fromEnvironment.writtenAs,
      defaults: {
        ...(isBackground && { errorLog: devNull }),
        ...command.defaults([given, fromEnvironment], process.env),
      },
      // Platforms set PORT for HTTP only.
      env: command.name === 'runwsgi' ? process.env : { ...process.env, PORT: undefined },
      inheritedBind: inheritedBinds(inherited).map(formatBind),
      spawnedBind: isSpawned ? SPAWNED_BIND : undefined,
      cwd,
    });
    const notes = [fromEnvironment, given].flatMap((line) => line.notes ?? []);
    const output = given.output ?? fromEnvironment.output;
    return { ...resolved, notes: [...notes, ...outputNotes(resolved, output), ...resolved.notes] };
  }

  #decide(cwd: string, resolved: ResolvedSettings, config: ReadConfig | undefined): SitesToRun {
    const notes: string[] = [];
    const sites = resolved.sites.map(({ name, settings, origins }): SiteToRun => {
      let { workers } = settings;
      if (workers === 'auto') {
        const counted = countWorkers();
        notes.push(`Workers: ${counted.reason}.`);
        workers = counted.count;
      }
      if (workers > mostWorkers())
        throw settingError(
          origins.workers,
          `the memory has room for ${mostWorkers()} at most, found ${workers}.`,
          {
            hint: 'As many workers as there are CPUs are right for most sites: --workers auto.',
          },
        );
      const run = { ...settings, workers };
      const hooksFile = config?.hooks.some(isWorkerHook) ? resolved.configFile : undefined;
      return {
        name,
        settings: run,
        orders: { ...workerOrders(run, cwd, () => this.#ticketKeys()), hooksFile },
      };
    });
    return { config, resolved, sites, notes };
  }

  /** All workers of all generations use the same keys, so that a client can resume its session with any of them. */
  #ticketKeys(): string {
    this.#madeTicketKeys ??= newTicketKeys();
    return this.#madeTicketKeys;
  }
}

/** @throws {UsageError} for a site without an address, since runfcgi has no default */
function checkAddresses({ sites }: ResolvedSettings): void {
  for (const { name, settings } of sites) if (settings.bind.length === 0) throw withoutAddress(name);
}

function withoutAddress(site: string): UsageError {
  const where =
    site === 'default'
      ? 'No address to listen on is given'
      : `No address to listen on is given for site ${site}`;
  return new UsageError(`${where}, and standard input is not a socket that a web server has passed.`, {
    hint: 'Give host=127.0.0.1 port=3033, or socket=/run/mysite.sock, or bind in wsgi.config.ts.',
  });
}

/** The folder to change to first, from the strongest source that is not a file. */
export function chdirOf(
  given: CommandLine,
  fromEnvironment: CommandLine,
  { RUNWSGI_CHDIR }: NodeJS.ProcessEnv,
): string | undefined {
  const [last] = [given, fromEnvironment].flatMap(({ options }) => options.chdir?.at(-1) ?? []);
  return last ?? (RUNWSGI_CHDIR || undefined);
}

/** The folder that a command was started in, with its symbolic links. */
export function folderOf(chdir: string | undefined, { PWD }: NodeJS.ProcessEnv): string {
  const isTrue = PWD !== undefined && path.isAbsolute(PWD) && isSameFolder(PWD, '.');
  return path.resolve(isTrue ? PWD : '', chdir ?? '');
}

function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((folder) => statSync(folder, { throwIfNoEntry: false }));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}
