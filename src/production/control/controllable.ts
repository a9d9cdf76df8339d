import type { Socket } from 'node:net';

/** The requests to a running server over its control channel. The arbiter implements them. */
export interface Controllable {
  /** The state of the server, from data that the arbiter already has. No worker is asked. */
  status(): ServerStatus;
  /**
   * Starts a new generation of a site, or of all sites. Resolves when the old generation has ended, or when it is
   * certain that it stays. A reload that is requested during another one runs after it, since the running one may
   * already have read its files. All reloads that are requested in the meantime are combined in one.
   */
  reload(site?: string): Promise<Outcome>;
  /** Begins to stop the server. A second call may set an earlier deadline. */
  stop(mode: StopMode): Stopping;
  /** Changes the number of workers of a site. Resolves when the new ones serve and the surplus ones have ended. */
  scale(workers: number, site?: string): Promise<Outcome>;
  /**
   * Sends the latest lines of the error log, and each new one, to a listener until the returned function is called.
   * `RecentLines` implements this.
   */
  tail(listener: (line: string) => void): () => void;
  /** Selects a worker that can answer a request now. */
  inject(site?: string): Injection;
}

/** `graceful` finishes open requests, as SIGTERM does; `quick` does not, as SIGINT. */
export type StopMode = 'graceful' | 'quick';

export interface Stopping {
  /** The process will have ended after this number of milliseconds. */
  readonly withinMs: number;
}

export type Outcome = { readonly ok: true } | Refusal;

/** The reason for a refusal: one sentence. */
interface Refusal {
  readonly ok: false;
  readonly reason: string;
}

export type Injection = Refusal | InjectionTarget;

interface InjectionTarget {
  readonly ok: true;
  /**
   * Passes a connection to the worker, which owns it from then on. The client uses HTTP/1.1 without TLS and without a
   * PROXY header, and no byte of HTTP has been read. The worker takes it by `Server.accept()`.
   */
  dispatch(connection: Socket): void;
}

/** The state of a server, in the form that `runwsgi status --json` prints. */
export interface ServerStatus {
  /** The process of the arbiter. */
  readonly pid: number;
  /** The version of this package. */
  readonly version: string;
  /** The version of Node, from `process.version`. */
  readonly node: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The sites. A server without site groups has one. */
  readonly sites: readonly SiteStatus[];
}

/**
 * `starting`: no generation has served yet. `reloading`: an old generation serves or drains while a new one exists.
 * `failing`: no worker can start.
 */
export type SiteState = 'starting' | 'serving' | 'reloading' | 'failing' | 'stopping';

export interface SiteStatus {
  readonly name: string;
  /** For display: `http://127.0.0.1:8000`, `unix:/run/mysite.sock`. */
  readonly addresses: readonly string[];
  /** The number of the serving generation, beginning with 1. Failed generations do not count. */
  readonly generation: number;
  readonly state: SiteState;
  /** The latest reload. Before a generation has served, the latest failed start. */
  readonly lastReload?: ReloadStatus;
  readonly workers: readonly WorkerStatus[];
}

export interface ReloadStatus {
  /** The time of its end, in ISO 8601. */
  readonly at: string;
  /** Whether the new generation serves. */
  readonly ok: boolean;
  /** Why the old generation stays, or why there is none. */
  readonly reason?: string;
}

/** `silent`: the worker has missed heartbeats. */
export type WorkerState = 'starting' | 'serving' | 'draining' | 'silent';

export interface WorkerStatus {
  readonly pid: number;
  /** Seconds since its start. */
  readonly age: number;
  /** The number of answered requests. */
  readonly requests: number;
  /** The number of open requests. */
  readonly inFlight: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  readonly state: WorkerState;
}
