import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../../errors.ts';
import { formatBind } from '../../production/binding/bind-address.ts';
import { type InheritedSocket, inheritedBinds } from '../../production/binding/inherited-sockets.ts';
import {
  type ReadConfig,
  type ReadConfigOptions,
  readConfigFile,
} from '../../production/config-process/config-process.ts';
import { countWorkers } from '../../production/host/worker-count.ts';
import type { SiteToRun } from '../../production/parent/site-to-run.ts';
import { findConfig } from '../../production/settings/find-config.ts';
import { isWorkerHook } from '../../production/settings/hook-names.ts';
import { resolveSettings } from '../../production/settings/resolve-settings.ts';
import type { ResolvedSettings } from '../../production/settings/resolved-settings.ts';
import { findProjectRoot } from '../find-project.ts';
import type { CommandLine } from './setting-options.ts';
import { workerOrders } from './worker-orders.ts';

const TICKET_KEY_BYTES = 48;

/** What there is to serve, by all sources of settings. */
export interface SitesToRun {
  /** The configuration file, with the process that runs its hooks. */
  readonly config: ReadConfig | undefined;
  readonly resolved: ResolvedSettings;
  readonly sites: readonly SiteToRun[];
  /** What was decided for this machine, a line for each. */
  readonly notes: readonly string[];
}

/** Reads the configuration, at the start and for each reload. */
export class SiteReader {
  readonly #commandLine: CommandLine;
  readonly #fromEnvironment: CommandLine;
  readonly #folder: string;
  #madeTicketKeys: string | undefined;
  /** The name of the configuration file that was read last and was right. */
  #fileName: string | undefined;
  readonly #configProcess: Pick<ReadConfigOptions, 'spawn' | 'onNotice'>;
  readonly #inherited: readonly InheritedSocket[];

  /**
   * @param folder Where the command works. It may be a link, which leads elsewhere after the next deployment.
   * @param inherited The sockets that the command was started with: what is bound where nothing else is asked for.
   */
  constructor(
    commandLine: CommandLine,
    fromEnvironment: CommandLine,
    folder: string,
    inherited: readonly InheritedSocket[],
    configProcess: Pick<ReadConfigOptions, 'spawn' | 'onNotice'>,
  ) {
    this.#configProcess = configProcess;
    this.#inherited = inherited;
    this.#commandLine = commandLine;
    this.#fromEnvironment = fromEnvironment;
    this.#folder = folder;
  }

  /** Reads all sources, and no more: for what only shows them. @throws {UserError} */
  async readSettings(): Promise<ResolvedSettings> {
    const cwd = this.#enterFolder();
    const [file, config] = await this.#readFile(cwd);
    void config?.close();
    return this.#resolve(cwd, file, config);
  }

  /**
   * Reads all sources. What runs the hooks of a configuration that is not used must be closed.
   *
   * @throws {UserError} with one line: which setting is wrong, from where, what was expected and what was found.
   */
  async read(): Promise<SitesToRun> {
    const cwd = this.#enterFolder();
    const [file, config] = await this.#readFile(cwd);
    try {
      const read = this.#decide(cwd, this.#resolve(cwd, file, config), config);
      this.#fileName = file === undefined ? undefined : path.basename(file);
      return read;
    } catch (error) {
      void config?.close();
      throw error;
    }
  }

  #enterFolder(): string {
    const cwd = realpathSync(this.#folder);
    process.chdir(cwd);
    return cwd;
  }

  async #readFile(cwd: string): Promise<readonly [string, ReadConfig] | readonly []> {
    const root = findProjectRoot(cwd);
    const places = { argvConfig: this.#commandLine.config, argsConfig: this.#fromEnvironment.config };
    const file = findConfig({ ...places, env: process.env, cwd, root });
    if (file === undefined && this.#fileName !== undefined)
      // The defaults would be another address, without TLS.
      throw new CommandError(`There is no ${this.#fileName} in ${root} any more.`, {
        hint: 'Put it back, or start the server anew to serve without it.',
      });
    if (file === undefined) return [];
    return [file, await readConfigFile({ root, file, ...this.#configProcess })];
  }

  #resolve(cwd: string, file: string | undefined, config: ReadConfig | undefined): ResolvedSettings {
    return resolveSettings({
      fileConfig: file === undefined ? undefined : { file, values: config!.values },
      argvOptions: this.#commandLine.options,
      commandArgs: this.#fromEnvironment.options,
      env: process.env,
      inheritedBind: inheritedBinds(this.#inherited).map(formatBind),
      cwd,
    });
  }

  #decide(cwd: string, resolved: ResolvedSettings, config: ReadConfig | undefined): SitesToRun {
    const notes: string[] = [];
    const sites = resolved.sites.map(({ name, settings }): SiteToRun => {
      let { workers } = settings;
      if (workers === 'auto') {
        const counted = countWorkers();
        notes.push(`Workers: ${counted.reason}.`);
        workers = counted.count;
      }
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

  /** The same for all workers of all generations, so that a client can resume its session with any of them. */
  #ticketKeys(): string {
    // Not loaded where there is no TLS.
    const { randomBytes } = process.getBuiltinModule('node:crypto');
    this.#madeTicketKeys ??= randomBytes(TICKET_KEY_BYTES).toString('base64');
    return this.#madeTicketKeys;
  }
}

/** The folder to go to first, as the strongest source has it that is no file. */
export function chdirOf(
  given: CommandLine,
  fromEnvironment: CommandLine,
  { RUNWSGI_CHDIR }: NodeJS.ProcessEnv,
): string | undefined {
  const [last] = [given, fromEnvironment].flatMap(({ options }) => options.chdir?.at(-1) ?? []);
  return last ?? (RUNWSGI_CHDIR || undefined);
}

/** The folder that a command was started in, as its user knows it: by way of links, where there are such. */
export function folderOf(chdir: string | undefined, { PWD }: NodeJS.ProcessEnv): string {
  const isTrue = PWD !== undefined && path.isAbsolute(PWD) && isSameFolder(PWD, '.');
  return path.resolve(isTrue ? PWD : '', chdir ?? '');
}

function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((folder) => statSync(folder, { throwIfNoEntry: false }));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}
