import type { ConfigHooks } from './config-hooks.ts';
import type { ProcessesConfig, ServerConfig } from './settings/processes.ts';
import type { RequestsConfig } from './settings/requests.ts';
import type { ServingConfig } from './settings/serving.ts';
import type { WorkersConfig } from './settings/workers.ts';

export type {
  ConfigHooks,
  EndedWorkerFacts,
  InterruptFacts,
  NewWorkerFacts,
  ReadyFacts,
  ReloadFacts,
  RequestFacts,
  ResponseFacts,
  ServerFacts,
  WorkerFacts,
} from './config-hooks.ts';
export type { ServerConfig } from './settings/processes.ts';
export type { Bytes, CertificateConfig, Seconds } from './units.ts';

/** The settings that each site can have for itself. */
export interface SiteConfig extends ServingConfig, WorkersConfig, RequestsConfig, ProcessesConfig {}

/** The default export of `wsgi.config.ts`: settings of `runwsgi`, and its hooks. Flags and environment variables take precedence. */
export interface RunwsgiConfig extends SiteConfig, ServerConfig, ConfigHooks {
  /**
   * Several sites in one server, by name. Each has its own workers. A site inherits the settings of the top level. Its
   * own settings have priority, also over flags and environment variables. Each site needs its own `bind`.
   *
   * @default one site, `default`, with the settings of the top level
   */
  readonly sites?: Readonly<Record<string, SiteConfig>> | undefined;
}

/** A configuration, a promise of one, or a function that returns either. */
export type ConfigExport =
  | RunwsgiConfig
  | Promise<RunwsgiConfig>
  | (() => RunwsgiConfig | Promise<RunwsgiConfig>);

/**
 * Returns a configuration of `runwsgi` unchanged, with its type. It is for the default export of `wsgi.config.ts` in
 * the folder of the project. Times are seconds, or texts such as `'15m'`; sizes are bytes, or texts such as `'512M'`.
 *
 * @example
 * import { defineConfig } from 'startproject/config';
 *
 * export default defineConfig({
 *   bind: ['unix:/run/mysite.sock'],
 *   workers: 'auto',
 *   maxMemory: '512M',
 *   timeout: '2m',
 *   whenReady: ({ addresses }) => console.log(`Listening at ${addresses.join(', ')}.`),
 * });
 */
export function defineConfig<const Config extends ConfigExport>(config: Config): Config {
  return config;
}
