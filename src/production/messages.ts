/** Messages between the production server's arbiter and its workers. */

import type { HttpServerOptions } from '../servers/http/options.ts';
import type { RequestInHand } from '../servers/server.ts';
import type { SharedToArbiter, SharedToWorker } from '../worker/messages.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import type { NewWorkerFacts } from './config/config-hooks.ts';
import type { Identity } from './host/identity.ts';
import type { AccessLogOptions } from './logs/access-log.ts';
import type { SiteSettings } from './settings/types.ts';

/** The application that a worker loads, and the options of its server. */
export interface WorkerOrders {
  readonly options: SiteOptions;
  readonly protocol: SiteSettings['protocol'];
  /** Those options of the HTTP server that are plain data. */
  readonly server: Pick<
    HttpServerOptions,
    | 'maxRequests'
    | 'keepAlive'
    | 'keepAliveTimeoutMs'
    | 'headersTimeoutMs'
    | 'bodyTimeoutMs'
    | 'writeTimeoutMs'
    | 'forwardedAllowIps'
    | 'proxyProtocol'
    | 'proxyAllowIps'
    | 'tls'
    | 'isMultiprocess'
  >;
  /** The same of FastCGI, SCGI and uwsgi. */
  readonly gateway: {
    /** FCGI_WEB_SERVER_ADDRS. @default any web server */
    readonly webServerAddresses?: readonly string[] | undefined;
  };
  /** @default no access log */
  readonly accessLog?: Pick<AccessLogOptions, 'target' | 'format'> | undefined;
  /** The configuration file, if it has hooks for workers. */
  readonly hooksFile?: string | undefined;
  /** The user and the groups of the worker. */
  readonly identity: Identity;
  /** Paths that have to be answered, with a status below 400, before the worker is ready. */
  readonly warmup: readonly string[];
  /** Whether the pages that DEBUG asks for are shown. */
  readonly allowDebug: boolean;
}

/** The state of a worker, by its own report. */
export interface Vitals {
  /** How many requests it has answered. */
  readonly requests: number;
  readonly openRequests: number;
  readonly connections: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** V8's heap, in bytes: the used size, and the limit. */
  readonly heapUsed: number;
  readonly heapLimit: number;
  /** Those that have been open for longest. */
  readonly inHand: readonly RequestInHand[];
}

/** From arbiter to worker. */
export type ToWorker =
  | SharedToWorker
  | ({ readonly type: 'serve' } & WorkerOrders & NewWorkerFacts)
  /** The time to load the site is over: answer with `ready` and what is waited for. */
  | { readonly type: 'overdue'; readonly bootTimeoutMs: number }
  /** Load nothing, and answer each request with 503. */
  | ({ readonly type: 'refuse' } & WorkerOrders)
  | { readonly type: 'reopen-logs' }
  /** Serve the connection that comes with this message, without TLS. */
  | { readonly type: 'injected' }
  /** Accept nothing until the sockets come again. */
  | { readonly type: 'rest' }
  /** Have so many connections end, each with its next response. Those that were chosen before and are still open count. */
  | { readonly type: 'shed'; readonly connections: number };

/** From worker to arbiter. */
export type ToArbiter =
  | SharedToArbiter
  /** Comes with each sign of life, and before the process ends by itself. */
  | { readonly type: 'vitals'; readonly vitals: Vitals }
  /** A moment after a connection was accepted: how many there were since the last report, and the part of the time that was busy. */
  | { readonly type: 'accepts'; readonly accepted: number; readonly utilization: number }
  /** SIGTERM was sent to the worker's process. */
  | { readonly type: 'term' }
  /** A line for the error log. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly text: string };

/** From worker to arbiter, of one type. */
export type MessageOf<Type extends ToArbiter['type']> = Extract<ToArbiter, { type: Type }>;
