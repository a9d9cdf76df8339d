import type { WorkerExit } from '../../arbiter/worker-handle.ts';
import { WorkerPool } from '../../arbiter/worker-pool.ts';
import { shownPath } from '../../files/shown-path.ts';
import type { Failure } from '../../worker/messages.ts';
import type { ArbiterHookFacts } from '../config/config-hooks.ts';
import { ARBITER_HOOKS, type ArbiterHookName, type HookName, isHookName } from '../settings/hook-names.ts';
import { fromFailure, howItEnded } from './answer-errors.ts';
import { type ConfigProcessHandle, type ConfigProcessPool, firstAnswer } from './first-answer.ts';

export interface ReadConfigOptions {
  readonly file: string;
  /** The folder of the project. */
  readonly root: string;
  /** Starts the process: `spawnConfigProcess` of the command line. */
  readonly spawn: () => ConfigProcessHandle;
  /** Receives a line for each hook that fails. */
  readonly onNotice: (text: string) => void;
  /** How long the configuration may take. @default 30000 */
  readonly timeoutMs?: number;
  /** How long a hook may take. @default 5000 */
  readonly hookTimeoutMs?: number;
}

/** The exports of a configuration file, and the process that runs its hooks. */
export interface ReadConfig {
  /** The settings as written. `resolveSettings` checks them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The names of all defined hooks, including those for workers. */
  readonly hooks: readonly HookName[];
  /**
   * Runs a hook, if it is defined. Resolves when it has ended, failed, or reached its time limit. A failure is reported
   * as a notice.
   *
   * @throws {ImproperlyConfigured} if `onStarting` fails
   */
  run<Name extends ArbiterHookName>(hook: Name, facts: ArbiterHookFacts[Name]): Promise<void>;
  /** Ends the process if it is still running. Hooks are then not run any more. */
  close(): Promise<void>;
}

const READ_TIMEOUT_MS = 30_000;
const HOOK_TIMEOUT_MS = 5_000;

/**
 * Loads a configuration file in another process, since the arbiter never runs code of a site. If there are no hooks for
 * that process, it ends at once.
 *
 * @throws {ImproperlyConfigured} with one line, if the file fails to load, takes too long, ends its process, exports no
 * object, or
 *   has a wrong value or name.
 */
export async function readConfigFile(options: ReadConfigOptions): Promise<ReadConfig> {
  const config = new ConfigProcess(options);
  try {
    await config.read();
  } catch (error) {
    void config.close();
    throw error;
  }
  if (!config.hooks.some((name) => ARBITER_HOOKS.some((hook) => hook === name))) void config.close();
  return config;
}

interface RunningHook {
  readonly hook: ArbiterHookName;
  readonly settle: (failure?: Failure) => void;
}

class ConfigProcess implements ReadConfig {
  values: Readonly<Record<string, unknown>> = {};
  hooks: readonly HookName[] = [];
  readonly #options: ReadConfigOptions;
  readonly #handle: ConfigProcessHandle;
  readonly #pool: ConfigProcessPool = new WorkerPool();
  readonly #running = new Map<number, RunningHook>();
  /** Hooks that have exceeded their time limit and are still running. */
  readonly #late = new Set<number>();
  #lastId = 0;
  #isOpen = true;

  constructor(options: ReadConfigOptions) {
    this.#options = options;
    this.#handle = options.spawn();
  }

  async read(): Promise<void> {
    const { file, root, timeoutMs = READ_TIMEOUT_MS } = this.#options;
    const { values, hooks } = await firstAnswer(this.#pool, this.#handle, {
      message: { type: 'read', root, file },
      answer: 'config',
      subject: { name: 'configuration', file, root },
      timeoutMs,
      onMessage: (message) => {
        if (message.type === 'ran') this.#running.get(message.id)?.settle(message.failure);
      },
      onExit: (exit) => this.#onExit(exit),
    });
    this.values = values as Readonly<Record<string, unknown>>;
    this.hooks = hooks.filter(isHookName);
  }

  async run<Name extends ArbiterHookName>(hook: Name, facts: ArbiterHookFacts[Name]): Promise<void> {
    if (!this.hooks.includes(hook) || !this.#isOpen || this.#late.size > 0) return;
    const failure = await this.#runHook(hook, facts);
    if (failure === undefined) return;
    if (hook === 'onStarting') throw fromFailure(failure);
    this.#options.onNotice(failure.message);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#pool.close('SIGTERM');
  }

  #runHook(hook: ArbiterHookName, facts: object): Promise<Failure | undefined> {
    const { hookTimeoutMs = HOOK_TIMEOUT_MS } = this.#options;
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#late.add(id);
        const what = `has not ended after ${hookTimeoutMs / 1000} seconds. Until it does, no hook is run.`;
        resolve(this.#failureOf(hook, what));
      }, hookTimeoutMs);
      const settle = (failure?: Failure) => {
        clearTimeout(timer);
        this.#running.delete(id);
        this.#late.delete(id);
        resolve(failure);
      };
      this.#running.set(id, { hook, settle });
      this.#handle.send({ type: 'run', id, hook, facts });
    });
  }

  #onExit(exit: WorkerExit): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    const what = howItEnded(exit);
    for (const { hook, settle } of this.#running.values()) settle(this.#failureOf(hook, `${what}.`));
    if (wasOpen && this.hooks.length > 0) {
      this.#options.onNotice(`${this.#shownFile} ${what}: its hooks are not run until the next reload.`);
    }
  }

  #failureOf(hook: ArbiterHookName, what: string): Failure {
    return { name: 'HookFailure', message: `${this.#shownFile}: the hook ${hook} ${what}` };
  }

  get #shownFile(): string {
    return shownPath(this.#options.file, this.#options.root);
  }
}
