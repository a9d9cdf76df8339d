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
  /** The options of the HTTP server that are plain data. */
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
  /** The options of FastCGI, SCGI and uwsgi servers that are plain data. */
  readonly gateway: {
    /** The setting FCGI_WEB_SERVER_ADDRS. @default any web server */
    readonly webServerAddresses?: readonly string[] | undefined;
  };
  /** @default no access log */
  readonly accessLog?: Pick<AccessLogOptions, 'target' | 'format'> | undefined;
  /** The configuration file, if it has hooks for workers. */
  readonly hooksFile?: string | undefined;
  /** The user and the groups of the worker. */
  readonly identity: Identity;
  /** Paths that a worker must answer with a status below 400 before it is ready. */
  readonly warmup: readonly string[];
  /** Whether debug pages are shown if DEBUG is true. */
  readonly allowDebug: boolean;
}

/** The state of a worker, by its own report. */
export interface Vitals {
  /** The number of answered requests. */
  readonly requests: number;
  readonly openRequests: number;
  readonly connections: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** V8's heap, in bytes: the used size, and the limit. */
  readonly heapUsed: number;
  readonly heapLimit: number;
  /** The requests that have been open for the longest time. */
  readonly inHand: readonly RequestInHand[];
}

/** From arbiter to worker. */
export type ToWorker =
  | SharedToWorker
  | ({ readonly type: 'serve' } & WorkerOrders & NewWorkerFacts)
  /** The time limit of the load has passed. The worker answers with what is awaited, if it can. */
  | { readonly type: 'overdue'; readonly bootTimeoutMs: number }
  /** Load no site, and answer each request with 503. */
  | ({ readonly type: 'refuse' } & WorkerOrders)
  | { readonly type: 'reopen-logs' }
  /** Serve the connection that comes with this message, without TLS. */
  | { readonly type: 'injected' }
  /** Stop accepting until the sockets are sent again. */
  | { readonly type: 'rest' }
  /**
   * End this number of connections, each with its next response. Open connections that were selected before are
   * included in the number.
   */
  | { readonly type: 'shed'; readonly connections: number };

/** From worker to arbiter. */
export type ToArbiter =
  | SharedToArbiter
  /** Sent with each answer to a heartbeat, and before the process ends by itself. */
  | { readonly type: 'vitals'; readonly vitals: Vitals }
  /**
   * Sent shortly after a connection was accepted: the number of connections since the last report, and the utilization
   * in that time.
   */
  | { readonly type: 'accepts'; readonly accepted: number; readonly utilization: number }
  /** SIGTERM was sent to the worker's process. */
  | { readonly type: 'term' }
  /** A line for the error log. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly text: string };

/** A message of one type from worker to arbiter. */
export type MessageOf<Type extends ToArbiter['type']> = Extract<ToArbiter, { type: Type }>;
