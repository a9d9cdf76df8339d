import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { formatBind } from '../../production/binding/bind-address.ts';
import { type InheritedSocket, inheritedBinds } from '../../production/binding/inherited-sockets.ts';
import { type Identity, resolveIdentity } from '../../production/host/identity.ts';
import { countWorkers } from '../../production/host/worker-count.ts';
import { checkAccessLogFormat } from '../../production/logs/access-log-format.ts';
import { logTarget, openTarget } from '../../production/logs/log-target.ts';
import type { WorkerOrders } from '../../production/messages.ts';
import type { SiteToRun } from '../../production/parent/site-to-run.ts';
import { resolveSettings } from '../../production/settings/resolve-settings.ts';
import type { ResolvedSettings } from '../../production/settings/resolved-settings.ts';
import type { SiteSettings } from '../../production/settings/types.ts';
import { findProject } from '../find-project.ts';
import type { CommandLine } from './setting-options.ts';

/** What there is to serve, by all sources of settings. */
export interface SitesToRun {
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
  ) {
    this.#inherited = inherited;
    this.#commandLine = commandLine;
    this.#fromEnvironment = fromEnvironment;
    this.#folder = folder;
  }

  /** @throws {UserError} with one line: which setting is wrong, from where, what was expected and what was found. */
  read(): SitesToRun {
    const cwd = realpathSync(this.#folder);
    process.chdir(cwd);
    const { env } = process;
    const resolved = resolveSettings({
      argvOptions: this.#commandLine.options,
      commandArgs: this.#fromEnvironment.options,
      env,
      cwd,
    });
    const notes: string[] = [];
    const inherited = inheritedBinds(this.#inherited).map(formatBind);
    const sites = resolved.sites.map(({ name, settings, origins }): SiteToRun => {
      let { workers } = settings;
      if (workers === 'auto') {
        const counted = countWorkers();
        notes.push(`Workers: ${counted.reason}.`);
        workers = counted.count;
      }
      const isActivated = origins.bind.source === 'default' && inherited.length > 0;
      const run = { ...settings, workers, ...(isActivated && { bind: inherited }) };
      return { name, settings: run, orders: ordersOf(run, cwd) };
    });
    return { resolved, sites, notes };
  }
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

function ordersOf(settings: SiteSettings & { readonly workers: number }, cwd: string): WorkerOrders {
  const {
    forwardedAllowIps,
    keepAliveMs,
    headersTimeoutMs,
    bodyTimeoutMs,
    writeTimeoutMs,
    workers,
    warmup,
    allowDebug,
  } = settings;
  const { limitRequestLine, limitRequestFields, limitRequestFieldSize, limitRequestHead, limitRequestBody } =
    settings;
  const { accessLog, accessLogFormat } = settings;
  const folder = settings.chdir ?? cwd;
  const identity = resolveIdentity(settings);
  if (accessLog !== undefined) prepareLog(accessLog, accessLogFormat, identity);
  const env = { ...process.env, ...settings.env };
  return {
    site: {
      ...findProject(folder, env, settings.settings),
      skipChecks: false,
      serverPort: 0,
      application: settings.app,
      limits: {
        limitRequestLine,
        limitRequestFields,
        limitRequestFieldSize,
        limitRequestHead,
        limitRequestBody,
      },
    },
    server: {
      keepAlive: keepAliveMs > 0,
      keepAliveTimeoutMs: keepAliveMs,
      headersTimeoutMs,
      bodyTimeoutMs,
      writeTimeoutMs,
      forwardedAllowIps: [...forwardedAllowIps, 'unix'],
      isMultiprocess: workers > 1,
    },
    identity,
    accessLog: accessLog === undefined ? undefined : { target: accessLog, format: accessLogFormat },
    warmup,
    allowDebug,
  };
}

/** Finds out what is wrong with an access log before a worker does, and makes the file for the worker's user. */
function prepareLog(target: string, format: string, identity: Identity): void {
  checkAccessLogFormat(format);
  openTarget(logTarget(target, 1), identity.isOurs ? undefined : identity).close();
}
