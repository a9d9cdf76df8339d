import type { ReadConfig } from '../config-process/config-process.ts';

/** The hooks of the configuration that is in force. */
export class ArbiterHooks {
  #config: ReadConfig | undefined;

  /** From here on hooks are those of another configuration. */
  use(config: ReadConfig | undefined): void {
    if (config !== this.#config) void this.#config?.close();
    this.#config = config;
  }

  /** Runs a hook, if it is defined, within a time limit. @throws {ImproperlyConfigured} when `onStarting` fails */
  readonly run: ReadConfig['run'] = async (hook, facts) => {
    await this.#config?.run(hook, facts);
  };

  async close(): Promise<void> {
    await this.#config?.close();
  }
}
