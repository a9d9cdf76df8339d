import { toFailure } from '../../../worker/failure.ts';
import { SiteRuntime } from '../../../worker/site/site-runtime.ts';
import type { WorkerSite } from '../../../worker/worker-process.ts';
import type { HookName } from '../../settings/hook-names.ts';
import { hookFailure, type LoadedConfig, loadConfig } from '../load-config.ts';
import type { FromConfigProcess, ToConfigProcess } from '../messages.ts';

/** Reads the configuration once and runs its hooks on request, or checks a site. */
export class ConfigReader implements WorkerSite<ToConfigProcess> {
  readonly openRequests = 0;
  readonly #send: (message: FromConfigProcess) => void;
  #file = '';
  #root = '';
  #config: LoadedConfig | undefined;

  constructor(send: (message: FromConfigProcess) => void) {
    this.#send = send;
  }

  receive(message: ToConfigProcess): void {
    if (message.type === 'read') void this.#read(message.root, message.file);
    else if (message.type === 'check') void this.#check(message);
    else if (message.type === 'run') void this.#run(message.id, message.hook as HookName, message.facts);
  }

  async drain(): Promise<void> {}

  async #read(root: string, file: string): Promise<void> {
    this.#root = root;
    this.#file = file;
    try {
      process.chdir(root);
      const runtime = new SiteRuntime(root, () => {});
      this.#config = await loadConfig(runtime.install([]), file);
      const { values, hooks } = this.#config;
      this.#send({ type: 'config', values, hooks: [...hooks.keys()] });
      runtime.saveCache();
    } catch (error) {
      this.#send({ type: 'unreadable', failure: toFailure(error) });
    }
  }

  async #check({ site, served }: Extract<ToConfigProcess, { type: 'check' }>): Promise<void> {
    try {
      const { loadAndCheck } = await import('./load-and-check.ts');
      this.#send({ type: 'checked', ...(await loadAndCheck(site, served)) });
    } catch (error) {
      this.#send({ type: 'unreadable', failure: toFailure(error) });
    }
  }

  async #run(id: number, hook: HookName, facts: object): Promise<void> {
    try {
      await this.#config!.hooks.get(hook)!(facts);
      this.#send({ type: 'ran', id });
    } catch (error) {
      const failure = toFailure(hookFailure(error, hook, { file: this.#file, root: this.#root }));
      this.#send({ type: 'ran', id, failure });
    }
  }
}
