import type { Socket } from 'node:net';

/** The requests to a running server over its control channel. The arbiter implements them. */
export interface Controllable {
  /** The state of the server, from what the arbiter knows already: no worker is asked. */
  status(): ServerStatus;
  /**
   * Starts a new generation of a site, or of all sites. Resolves when the old generation has ended, or when it is certain
   * that the old one stays. A reload that is asked for during another one must follow that one, whose generation may have
   * read its files already; all that are asked for meanwhile share the one that follows.
   */
  reload(site?: string): Promise<Outcome>;
  /** Begins to end the server. Asked for again, it may bring the end forward. */
  stop(mode: StopMode): Stopping;
  /** Changes how many workers a site has. Resolves when the new ones serve and those that are too many have ended. */
  scale(workers: number, site?: string): Promise<Outcome>;
  /**
   * Sends the latest lines of the error log to a listener, and each new one, until the returned function is called.
   * `RecentLines` does this.
   */
  tail(listener: (line: string) => void): () => void;
  /** Chooses a worker that can answer a request now. */
  inject(site?: string): Injection;
}

/** `graceful` lets requests finish, as SIGTERM does; `quick` does not, as SIGINT. */
export type StopMode = 'graceful' | 'quick';

export interface Stopping {
  /** After how many milliseconds at most the process will have ended. */
  readonly withinMs: number;
}

export type Outcome = { readonly ok: true } | Refusal;

/** Why something was not done: one sentence for a person. */
interface Refusal {
  readonly ok: false;
  readonly reason: string;
}

export type Injection = Refusal | InjectionTarget;

interface InjectionTarget {
  readonly ok: true;
  /**
   * Passes a connection to the worker, which then is the worker's alone: a client that speaks HTTP/1.1 without TLS and
   * without a PROXY header. No byte of HTTP has been read from it. `Server.accept()` in the worker is what takes it.
   */
  dispatch(connection: Socket): void;
}

/** How a server is: what `runwsgi status --json` prints. */
export interface ServerStatus {
  /** The arbiter's process. */
  readonly pid: number;
  /** The version of this package. */
  readonly version: string;
  /** The version of Node, as `process.version` gives it. */
  readonly node: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** One for each site group; a server without groups has one. */
  readonly sites: readonly SiteStatus[];
}

/**
 * `starting`: no generation has served yet. `reloading`: an old generation serves, or drains, beside a new one.
 * `failing`: no worker can start.
 */
export type SiteState = 'starting' | 'serving' | 'reloading' | 'failing' | 'stopping';

export interface SiteStatus {
  readonly name: string;
  /** For display: `http://127.0.0.1:8000`, `unix:/run/mysite.sock`. */
  readonly addresses: readonly string[];
  /** 1 for the first. The number of the generation that serves; failed ones do not count. */
  readonly generation: number;
  readonly state: SiteState;
  /** The latest reload. While no generation has served yet, the latest start that failed. */
  readonly lastReload?: ReloadStatus;
  readonly workers: readonly WorkerStatus[];
}

export interface ReloadStatus {
  /** When it ended. ISO 8601. */
  readonly at: string;
  /** Whether the new generation serves. */
  readonly ok: boolean;
  /** Why the old one stays, or why there is none. */
  readonly reason?: string;
}

/** `silent`: it has missed heartbeats. */
export type WorkerState = 'starting' | 'serving' | 'draining' | 'silent';

export interface WorkerStatus {
  readonly pid: number;
  /** Seconds since its start. */
  readonly age: number;
  /** How many requests it has answered. */
  readonly requests: number;
  /** How many it is answering. */
  readonly inFlight: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  readonly state: WorkerState;
}
