import type { ResponseRecord } from '../../servers/response-record.ts';
import type { Environ } from '../../wsgi/types.ts';

/** The data about the server for a hook. */
export interface ServerFacts {
  /** The process that owns the sockets. */
  readonly pid: number;
}

/** The data about a started server for a hook. */
export interface ReadyFacts extends ServerFacts {
  /** The addresses: `http://127.0.0.1:8000`, `unix:/run/mysite.sock`. */
  readonly addresses: readonly string[];
}

/** The data about a worker before its start. */
export interface NewWorkerFacts {
  /** The name of its site; `default` without `sites`. */
  readonly site: string;
  /** 1 for the workers of the first load, one more after each reload. */
  readonly generation: number;
}

/** The data about a worker for a hook. */
export interface WorkerFacts extends NewWorkerFacts {
  readonly pid: number;
}

/** The data about an ended worker for a hook. */
export interface EndedWorkerFacts extends WorkerFacts {
  /** null if a signal has ended the worker. */
  readonly exitCode: number | null;
  /** null if the worker has ended by itself. */
  readonly signal: string | null;
}

/** The data about a reload for a hook. */
export interface ReloadFacts {
  /** The reloaded site; undefined for all sites. */
  readonly site?: string | undefined;
}

/** The data about an interrupted worker for a hook. */
export interface InterruptFacts extends WorkerFacts {
  /** `SIGINT` or `SIGQUIT`. */
  readonly signal: string;
}

/** The data about a request for a hook. */
export interface RequestFacts {
  /** The environ of the application. The application may change it. */
  readonly environ: Environ;
}

/** The data about an ended response for a hook. */
export interface ResponseFacts extends RequestFacts {
  readonly response: ResponseRecord;
}

type Hook<Facts> = (facts: Facts) => void | Promise<void>;

/** The hooks that run in the process that has read the configuration, with the data for each. */
export interface ArbiterHookFacts {
  readonly onStarting: ServerFacts;
  readonly whenReady: ReadyFacts;
  readonly preFork: NewWorkerFacts;
  readonly childExit: EndedWorkerFacts;
  readonly onReload: ReloadFacts;
  readonly onExit: ServerFacts;
}

/**
 * Functions that run at moments in the life of a server and its workers.
 *
 * Those of the server (`onStarting whenReady preFork childExit onReload onExit`) run in a process that has read the
 * configuration and does nothing else, since the one that owns the sockets never runs code of a site. Each may take 5
 * seconds, also by a promise. An error of a hook is logged in one line, and the server continues.
 *
 * Those of workers (`postFork workerInt workerExit preRequest postRequest`) run in each worker, which reads the
 * configuration once more. The two kinds share no variables.
 */
export interface ConfigHooks {
  /** Before the first worker is started. If it throws, the server does not start: exit code 1. */
  readonly onStarting?: Hook<ServerFacts> | undefined;
  /** When the first workers of all sites serve. */
  readonly whenReady?: Hook<ReadyFacts> | undefined;
  /** Before each worker is started. The start waits for it. */
  readonly preFork?: Hook<NewWorkerFacts> | undefined;
  /** After a worker has ended. */
  readonly childExit?: Hook<EndedWorkerFacts> | undefined;
  /** Before the workers of a reload are started. */
  readonly onReload?: Hook<ReloadFacts> | undefined;
  /** After all workers have ended, just before the server ends. */
  readonly onExit?: Hook<ServerFacts> | undefined;
  /** In a worker, before it loads the application. The load waits for it. If it throws, the worker does not start. */
  readonly postFork?: Hook<WorkerFacts> | undefined;
  /** In a worker that must end at once. */
  readonly workerInt?: Hook<InterruptFacts> | undefined;
  /** In a worker, just before an orderly end: not if it crashes or is killed. */
  readonly workerExit?: Hook<WorkerFacts> | undefined;
  /** In a worker, before the application is called. Its promise is not awaited. */
  readonly preRequest?: ((facts: RequestFacts) => void) | undefined;
  /** In a worker, after a response has ended. Its promise is not awaited. */
  readonly postRequest?: ((facts: ResponseFacts) => void) | undefined;
}
