import type { ReadConfig } from '../config-process/config-process.ts';

/** Runs the hooks of the current configuration. */
export class ArbiterHooks {
  #config: ReadConfig | undefined;

  /** Replaces the configuration whose hooks are run. */
  use(config: ReadConfig | undefined): void {
    if (config !== this.#config) void this.#config?.close();
    this.#config = config;
  }

  /** Runs a hook, if it is defined, within a time limit. @throws {ImproperlyConfigured} if `onStarting` fails */
  readonly run: ReadConfig['run'] = async (hook, facts) => {
    await this.#config?.run(hook, facts);
  };

  async close(): Promise<void> {
    await this.#config?.close();
  }
}
