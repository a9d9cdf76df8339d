import type { SiteLoader } from '../../loader/site-loader.ts';
import type { ResponseRecord } from '../../servers/response-record.ts';
import { describeThrown } from '../../text/thrown-text.ts';
import type { StopSignal } from '../../worker/stop.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import type { NewWorkerFacts, WorkerFacts } from '../config/config-hooks.ts';
import { hookFailure } from '../config-process/load-config.ts';
import { loadWorkerHooks, type WorkerHooks } from '../config-process/load-worker-hooks.ts';

type OnResponse = (record: ResponseRecord) => void;

/** Runs the hooks of a configuration in a worker. */
export class SiteHooks {
  readonly #hooks: WorkerHooks;
  readonly #facts: WorkerFacts;
  readonly #onFailure: (text: string) => void;

  private constructor(hooks: WorkerHooks, facts: WorkerFacts, onFailure: (text: string) => void) {
    this.#hooks = hooks;
    this.#facts = facts;
    this.#onFailure = onFailure;
  }

  /**
   * Loads the hooks and runs `postFork`.
   *
   * @param onFailure Receives a line for each later hook that fails.
   * @throws {ImproperlyConfigured} if the file does not load, or the hook throws.
   */
  static async load(
    loader: SiteLoader,
    file: string,
    { site, generation }: NewWorkerFacts,
    onFailure: (text: string) => void,
  ): Promise<SiteHooks> {
    const facts = { site, generation, pid: process.pid };
    const hooks = await loadWorkerHooks(loader, file);
    try {
      await hooks.postFork?.(facts);
    } catch (error) {
      throw hookFailure(error, 'postFork', { file, root: loader.root });
    }
    return new SiteHooks(hooks, facts, onFailure);
  }

  /** Runs `preRequest` before each call of the application. */
  wrap(application: WSGIApplication): WSGIApplication {
    const { preRequest } = this.#hooks;
    if (preRequest === undefined) return application;
    return (environ, startResponse) => {
      this.#try('preRequest', () => preRequest({ environ }));
      return application(environ, startResponse);
    };
  }

  /** Runs `postRequest` after each response. */
  watch(onResponse: OnResponse | undefined): OnResponse | undefined {
    const { postRequest } = this.#hooks;
    if (postRequest === undefined) return onResponse;
    return (response) => {
      onResponse?.(response);
      const { environ } = response;
      if (environ !== undefined) this.#try('postRequest', () => postRequest({ environ, response }));
    };
  }

  /** Runs `workerExit`; before it `workerInt`, if the worker must end at once. */
  async end(signal: StopSignal): Promise<void> {
    const { workerInt, workerExit } = this.#hooks;
    try {
      if (signal === 'SIGINT' || signal === 'SIGQUIT') await workerInt?.({ ...this.#facts, signal });
      await workerExit?.(this.#facts);
    } catch (error) {
      this.#onFailure(`A hook of the worker's end failed: ${describeThrown(error)}`);
    }
  }

  /** The hook may be an async function: its rejection must not end the worker. */
  #try(name: string, act: () => unknown): void {
    const onError = (error: unknown) => this.#onFailure(`The hook ${name} failed: ${describeThrown(error)}`);
    try {
      const result = act();
      if (result instanceof Promise) result.catch(onError);
    } catch (error) {
      onError(error);
    }
  }
}
