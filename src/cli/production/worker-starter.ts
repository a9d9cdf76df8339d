import { withoutServiceVariables } from '../../production/binding/inherited-sockets.ts';
import type { ErrorLog } from '../../production/logs/error-log.ts';
import { LogWriter } from '../../production/logs/log-writer.ts';
import { WholeLines } from '../../production/logs/whole-lines.ts';
import { TO_ARBITER } from '../../production/message-checks.ts';
import type { ErrorLogs } from '../../production/parent/error-logs.ts';
import { ProductionWorkerHandle } from '../../production/parent/production-worker-handle.ts';
import type { RunSettings } from '../../production/parent/site-to-run.ts';
import { ourOutput, workerStart } from '../spawn-worker.ts';

/**
 * V8 reduces its memory while a process is idle. It then drops code, and has less space for new objects: after that, a
 * request costs 20 % more (bench/production.js, Node 24.21). Node's own flag has priority.
 */
const SERVER_FLAGS = process.execArgv.some((flag) => /memory.reducer/.test(flag))
  ? []
  : ['--no-memory-reducer'];

/** Starts workers of the production server. */
export class WorkerStarter {
  readonly #cwd: string;
  #stdout: LogWriter | undefined;
  /** Set before a worker prints anything. */
  logs: ErrorLogs | undefined;
  #first: { readonly worker: ProductionWorkerHandle; settings: RunSettings | undefined } | undefined;

  /** @param cwd The folder where the command was started. */
  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** Starts the first worker before its site is known, since its start takes as long as all steps until then. */
  startEarly(): void {
    const first: { worker: ProductionWorkerHandle; settings: RunSettings | undefined } = {
      worker: this.#spawn({}, () => first.settings),
      settings: undefined,
    };
    this.#first = first;
  }

  start(settings: RunSettings): ProductionWorkerHandle {
    const first = this.#first;
    if (first === undefined || Object.keys(settings.env).length > 0) {
      return this.#spawn(settings.env, () => settings);
    }
    this.#first = undefined;
    first.settings = settings;
    return first.worker;
  }

  /** Ends the first worker if no site has used it. */
  endUnused(): void {
    this.#first?.worker.kill();
    this.#first = undefined;
  }

  #spawn(env: NodeJS.ProcessEnv, settings: () => RunSettings | undefined): ProductionWorkerHandle {
    const logOf = () => {
      const known = settings();
      return known && this.logs?.of(known);
    };
    const start = workerStart('production', this.#cwd, TO_ARBITER, {
      ...withoutServiceVariables(process.env),
      ...env,
    });
    return new ProductionWorkerHandle(
      {
        ...start,
        ownFlags: [...(start.ownFlags ?? []), ...SERVER_FLAGS],
        cutOffMs: 0,
      },
      ourOutput({
        stdout: () => new WholeLines(this.#stdoutWriter(logOf)),
        stderr: () => logOf()?.forward() ?? process.stderr,
      }),
    );
  }

  /** One writer for all workers, which keeps their lines whole. */
  #stdoutWriter(logOf: () => ErrorLog | undefined): LogWriter {
    this.#stdout ??= new LogWriter({
      target: 1,
      name: 'output of workers',
      onTrouble: (text) => logOf()?.error(text),
    });
    return this.#stdout;
  }
}
