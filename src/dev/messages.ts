/** Messages between the development server's arbiter and its workers. */

import type { Finding } from '../checks/finding.ts';
import type { AccessSettings } from '../handler/errors/page-access.ts';
import type { Heritage } from '../loader/site-loader.ts';
import type { Failure, SharedToArbiter, SharedToWorker } from '../worker/messages.ts';
import type { ReadFiles } from '../worker/site/read-files.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import type { LoggedRequest, RequestLine } from './request-line.ts';

/** How live pages of a generation receive news of newer ones. */
export interface LivePageOptions {
  /** The path that the page's script connects to. */
  readonly path: string;
  /** The generation that makes these pages. */
  readonly generation: string;
}

/** The data of a request that the arbiter needs to answer it for a worker that has ended. */
export interface AskedRequest extends RequestLine {
  /** Whether the client accepts HTML. */
  readonly isHtml: boolean;
  readonly maySeeFacts: boolean;
  readonly mayOpenEditor: boolean;
}

/** From arbiter to worker. */
export type ToWorker =
  | SharedToWorker
  /** Prepare during idle time: load the transform and the packages of the last generation. */
  | {
      readonly type: 'warm';
      readonly root: string;
      readonly isInspected: boolean;
      readonly heritage: Heritage;
    }
  /**
   * Load the site and serve it. `touched` are the files that may have changed since the worker started. With a failure,
   * serve its error page and run no code of the site.
   */
  | {
      readonly type: 'activate';
      readonly site: SiteOptions;
      readonly touched: readonly string[];
      readonly failure?: Failure;
      /** When undefined, pages are not reloaded. */
      readonly live?: LivePageOptions;
      /** The rule for technical pages, from the settings of the generation before. */
      readonly access?: AccessSettings;
    }
  /** Serve the connection that comes with this message. These bytes (latin-1) have been read from it already. */
  | { readonly type: 'connection'; readonly head: string }
  /** Send the site's URLs. */
  | { readonly type: 'show-urls' };

/** From worker to arbiter. */
export type ToArbiter =
  | Exclude<SharedToArbiter, { type: 'ready' }>
  /** The worker has read these files. Files that are read before the site's code runs are reported before it runs. */
  | ({ readonly type: 'files' } & ReadFiles)
  /** The site answers. With a failure, the answer is its error page. */
  | {
      readonly type: 'ready';
      readonly failure?: Failure;
      readonly heritage: Heritage;
      /** The rule for technical pages, as far as the settings could be loaded. */
      readonly access?: AccessSettings;
      /** Whether the failure is a port that another process uses. */
      readonly isPortTaken?: boolean;
    }
  /** After the load, an operation has failed because another process uses a port. The text is for the terminal. */
  | { readonly type: 'port-taken'; readonly text: string }
  /** Whether the process holds a resource that only one process can have. Until this message, it holds none. */
  | { readonly type: 'holding'; readonly isHolding: boolean }
  /** These requests have been answered, and were not reported by `free`. */
  | { readonly type: 'answered'; readonly answered: readonly LoggedRequest[] }
  /** The request of a connection has been passed to the site. The number is the one of `released`. */
  | { readonly type: 'asked'; readonly id: number; readonly request: AskedRequest }
  /**
   * The request of the last connection has begun, and the event loop has run since then, so another connection may be
   * sent. These requests were answered in the meantime.
   */
  | { readonly type: 'free'; readonly answered: readonly LoggedRequest[] }
  /** A stylesheet that was sent has changed. */
  | { readonly type: 'styles-changed' }
  /** The site's URLs, one on each line. */
  | { readonly type: 'urls'; readonly text: string }
  /** The findings of the checks, which run after the load without delaying a request. */
  | { readonly type: 'findings'; readonly findings: readonly Finding[] }
  /** A notice for the terminal. `isOnce` means that it need not be repeated. */
  | { readonly type: 'notice'; readonly text: string; readonly isOnce?: boolean };

/** One type of message from worker to arbiter. */
export type MessageOf<Type extends ToArbiter['type']> = Extract<ToArbiter, { type: Type }>;
