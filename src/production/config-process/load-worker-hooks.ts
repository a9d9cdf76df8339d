import type { SiteLoader } from '../../loader/site-loader.ts';
import type { ConfigHooks } from '../config/config-hooks.ts';
import { WORKER_HOOKS, type WorkerHookName } from '../settings/hook-names.ts';
import { loadConfig } from './load-config.ts';

/** The hooks of a configuration that are for workers. */
export type WorkerHooks = Pick<ConfigHooks, WorkerHookName>;

/**
 * Loads the configuration file in a worker, for its hooks.
 *
 * @param loader The loader that is installed in this process.
 * @throws {ImproperlyConfigured} if it fails to load here.
 */
export async function loadWorkerHooks(loader: SiteLoader, file: string): Promise<WorkerHooks> {
  const { hooks } = await loadConfig(loader, file);
  return Object.fromEntries(WORKER_HOOKS.map((name) => [name, hooks.get(name)]));
}
